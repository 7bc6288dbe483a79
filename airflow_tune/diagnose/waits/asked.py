"""Which limits a task instance is held against before it is queued, and which before it starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from airflow_tune.diagnose.waits.limit import (
    Limit,
    max_active_tasks,
    max_active_tis,
    parallelism,
    pool,
    worker_slots,
)
from airflow_tune.diagnose.waits.looks import extended, without
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.occupancy import Occupancy
from airflow_tune.history.column import Ints, Times, micros, missing
from airflow_tune.history.model import NO_LIMIT, History

SCHEDULER = "scheduler"
EXECUTOR = "executor"
LOOP_BODY_US = 200_000
"""How soon the scheduler looks again after a look that queued something, when it does not sleep.

Measured on 3.3.2: the body of the loop takes 36-350 ms, 115 ms in the middle.
"""
UNKNOWN = "unknown"


def _sorted(column: Times) -> Ints:
    """Return the moments of `column` that are known, in order."""
    known = micros(column)[~missing(column)]
    known.sort()
    return known


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits when they were at their caps: the executor's, the workers' (None where unbounded), and `others`.

    `others` stand in the order in which the scheduler holds each candidate against them.
    """

    executor: Limit | None
    workers: Limit | None
    others: tuple[Limit, ...]

    @staticmethod
    def of(occupancy: Occupancy) -> Limits:
        """Return the limits of what was held."""
        return Limits(parallelism(occupancy), worker_slots(occupancy), tuple(_others(occupancy)))


def _others(occupancy: Occupancy) -> Iterator[Limit]:
    """Yield the limits that each candidate is held against, in the scheduler's order."""
    yield pool(occupancy)
    yield max_active_tasks(occupancy)
    tasks = occupancy.history.tasks
    for per_run, name in ((False, "max_active_tis_per_dag"), (True, "max_active_tis_per_dagrun")):
        cap = getattr(tasks, name)
        if np.any(cap != NO_LIMIT):
            yield max_active_tis(occupancy, cap, name, per_run=per_run)


@dataclass(frozen=True, slots=True)
class Asked:
    """Limits in the order the scheduler asks them.

    `before_queued` keep a task instance scheduled, `before_start` a queued one from starting.
    """

    before_queued: tuple[Limit, ...]
    before_start: tuple[Limit, ...]

    @staticmethod
    def of(history: History, machinery: Machinery) -> Asked:
        """Return the limits of `history`, which `machinery` ran."""
        return Asked.between_looks(history, Limits.of(Occupancy.of(history, machinery)))

    @staticmethod
    def between_looks(history: History, limits: Limits) -> Asked:
        """Return the `limits` of `history`: what one look refused stays refused until the next look."""
        executor, start = limits.executor, () if limits.workers is None else (limits.workers,)
        # Each pass of the scheduler's loop schedules what is ready, and then goes through what is scheduled.
        queueings, schedulings = _sorted(history.tries.queued), _sorted(history.tries.scheduled)
        asked = [
            replace(one, capped=extended(one.capped, queueings, schedulings))
            for one in (*limits.others, *([executor] if executor else []))
        ]
        if executor is not None:
            # A look that queued something had room: whom it passed over, another limit refused.
            full = without(asked[-1].capped, queueings, LOOP_BODY_US)
            asked = [replace(executor, capped=full), *asked]
        return Asked(tuple(asked), start)
