"""The process that measures one variant in one round: lays out, warms up, takes samples, answers, ends.

It is started by bench.measure.launch with its order as JSON on stdin and answers as JSON on the file
descriptor that the order names. What the work itself prints goes nowhere.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from airflow_tune.bench.measure import memory, sampling
from airflow_tune.bench.measure.lifeline import die_with_parent
from airflow_tune.bench.measure.reference import reference_s
from airflow_tune.bench.workload import Length, Order, Wishes
from airflow_tune.errors import TuneError

_LONGEST_MESSAGE = 500


def main() -> None:
    """Carry out the order on stdin."""
    die_with_parent()
    asked = json.load(sys.stdin)
    try:
        answer = clean(asked) if asked.get("clean") else measure(asked)
    except TuneError as error:
        answer = {"error": error.tried, "remedy": error.remedy}
    except Exception as error:  # noqa: BLE001 - whatever the work raises is what the report tells
        answer = {"error": f"{type(error).__name__}: {error}"[:_LONGEST_MESSAGE]}
    with os.fdopen(asked["answer_fd"], "w", encoding="utf-8") as out:
        out.write(json.dumps(answer) + "\n")


def measure(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of one variant in one round, and what else was seen."""
    order = Order(asked["parameters"], asked["scale"], Path(asked["folder"]), wishes(asked["wishes"]))
    module = import_module(asked["module"])
    with module.prepare(order) as call:
        base = memory.peak_bytes()
        before_s = reference_s()
        taken = sampling.take(call, order.before, sampling.Effort(**asked["effort"])).calm()
        after_s = reference_s()
    return {
        "value_s": statistics.median(taken.values_s) * asked["scale"] / order.scale,
        "samples": len(taken.values_s),
        "calls": taken.calls,
        "warmups": taken.warmups,
        "base_bytes": base,
        "peak_bytes": memory.largest_peak_bytes(),
        "figures": order.figures,
        "reference_s": (before_s + after_s) / 2,
        "cpu_share": statistics.median(taken.cpu_shares),
    }


def clean(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Let the workload take away what a killed round left."""
    import_module(asked["module"]).WORKLOAD.clean(wishes(asked["wishes"]))
    return {}


def wishes(kept: Mapping[str, Any]) -> Wishes:
    """Return the Wishes that were sent as JSON."""
    return Wishes(**{**kept, "length": Length(kept["length"])})
