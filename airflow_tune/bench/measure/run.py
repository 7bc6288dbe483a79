"""A run of the bench: rounds over all workloads until the time is used up, then one Suite."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from airflow_tune import __version__
from airflow_tune.bench.measure.effort import BUDGETS, Budget
from airflow_tune.bench.measure.facts import machine_of
from airflow_tune.bench.measure.launch import ask
from airflow_tune.bench.measure.record import Record
from airflow_tune.bench.workload import Variant, Wishes, Workload
from airflow_tune.host import Host
from airflow_tune.suite.model import Suite
from airflow_tune.suite.remark import Strain

SEED = 20260101
"""The order within a round is shuffled, and the same in each run."""


def run(workloads: Sequence[Workload], wishes: Wishes, host: Host) -> Suite:
    """Return what measuring `workloads` gave; an interrupt ends it early, with what was found so far."""
    begin, started = time.monotonic(), datetime.now(timezone.utc)
    records = [Record.of(one, wishes) for one in workloads]
    complete = True
    with TemporaryDirectory(prefix="airflow-tune-bench-") as folder:
        try:
            _measure(records, wishes, BUDGETS[wishes.length], Path(folder), begin)
        except KeyboardInterrupt:
            complete = False
    return Suite(
        tool_version=__version__,
        started_at=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        elapsed_s=time.monotonic() - begin,
        complete=complete,
        options={"length": wishes.length.value, "seed": SEED},
        machine=machine_of(host),
        strain=Strain(),
        workloads=tuple(record.result() for record in records),
    )


def _measure(records: Sequence[Record], wishes: Wishes, budget: Budget, folder: Path, begin: float) -> None:
    """Go round: each time all workloads in another order, and within one all its variants in a row."""
    order = random.Random(SEED)  # noqa: S311 - no secret
    for number in range(budget.most_rounds):
        going = [record for record in records if not record.skipped]
        for record in order.sample(going, len(going)):
            for variant in order.sample(record.variants, len(record.variants)):
                if number >= budget.least_rounds and time.monotonic() - begin > budget.total_s:
                    return
                _round(record, variant, wishes, budget, folder)


def _round(record: Record, variant: Variant, wishes: Wishes, budget: Budget, folder: Path) -> None:
    with TemporaryDirectory(dir=folder) as own:
        order: dict[str, Any] = {
            "module": record.workload.module,
            "parameters": dict(variant.parameters),
            "scale": variant.scale,
            "folder": own,
            "wishes": asdict(wishes),
            "effort": {
                "sample_s": budget.sample_s,
                "slice_s": budget.slice_s,
                "most_samples": budget.most_samples,
                "calls": record.calls(variant),
                "warm": record.workload.warm,
            },
        }
        begin = time.monotonic()
        answer = ask(order, folder, record.workload.timeout_s)
        record.add(variant, answer, time.monotonic() - begin)
