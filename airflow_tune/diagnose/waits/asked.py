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


def _limits(occupancy: Occupancy) -> Iterator[Limit]:
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
    def of(history: History, machinery: Machinery, occupancy: Occupancy | None = None) -> Asked:
        """Return the limits of `history`; what one look refused stays refused until the next look.

        `occupancy` is that of `history`, where it is there already.
        """
        occupancy = Occupancy.of(history, machinery) if occupancy is None else occupancy
        # In this order the fewest levels are there at a time.
        executor, slots = parallelism(occupancy), worker_slots(occupancy)
        limits = list(_limits(occupancy))
        del occupancy
        # Each pass of the scheduler's loop schedules what is ready, and then goes through what is scheduled.
        queueings, schedulings = _sorted(history.tries.queued), _sorted(history.tries.scheduled)
        limits = [
            replace(one, capped=extended(one.capped, queueings, schedulings))
            for one in (*limits, *([executor] if executor else []))
        ]
        if executor is not None:
            # A look that queued something had room: whom it passed over, another limit refused.
            full = without(limits[-1].capped, queueings, LOOP_BODY_US)
            limits = [replace(executor, capped=full), *limits]
        return Asked(tuple(limits), () if slots is None else (slots,))
