"""What the bench found on the workers of a fleet, and the document `airflow-tune/bench-fleet/1`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from airflow_tune.suite.model import Suite

Told = Callable[[dict[str, int]], None]
"""Is told how many task instances are in which state."""
SCHEMA = "airflow-tune/bench-fleet/1"


@dataclass(frozen=True, slots=True)
class SlotResult:
    """One slot of one queue: where its task ran, and what it found; `trouble` says why it found nothing."""

    queue: str
    slot: int
    host: str
    state: str
    suite: Suite | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Oddity:
    """A worker that is not like the others: `kind` is slow, throttled, disturbed or failed.

    `ratio` is how many times as long as the median of the fleet's workers it takes, None where that is not
    what is odd.
    """

    host: str
    queue: str
    kind: str
    message: str
    advice: str
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Fleet:
    """One run of the bench on a fleet; `run_id` is the DAG run's, `speeds` each worker's ratio."""

    tool_version: str
    api: str
    dag_id: str
    run_id: str
    slots: tuple[SlotResult, ...]
    odd: tuple[Oddity, ...] = ()
    speeds: Mapping[str, float] = dataclasses.field(default_factory=dict)


def worker_name(host: str, queue: str) -> str:
    """Return a worker as reports call it."""
    return f"{host} ({queue})" if queue else host


def fleet_text(fleet: Fleet) -> str:
    """Return `fleet` as the text of a document, which ends with a newline."""
    value: dict[str, Any] = {"schema": SCHEMA, **dataclasses.asdict(fleet)}
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
