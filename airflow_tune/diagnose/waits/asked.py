"""Which limits a task instance is held against before it is queued, and which before it starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from airflow_tune.diagnose.waits.holding import Holding, holding
from airflow_tune.diagnose.waits.intervals import extended, without
from airflow_tune.diagnose.waits.limit import (
    Limit,
    max_active_tasks,
    max_active_tis,
    parallelism,
    pool,
    worker_slots,
)
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.history.column import Ints, distinct, micros, missing
from airflow_tune.history.model import NO_LIMIT, History

SCHEDULER = "scheduler"
EXECUTOR = "executor"
LOOP_BODY_US = 200_000
"""How soon the scheduler looks again after a look that queued something, when it does not sleep.

Measured on 3.3.2: the body of the loop takes 36-350 ms, 115 ms in the middle.
"""
UNKNOWN = "unknown"


def _queueings(history: History) -> Ints:
    queued = history.tries.queued
    return distinct(micros(queued)[~missing(queued)])


def _looks(history: History, queueings: Ints) -> Ints:
    """Return when the scheduler is known to have looked: it scheduled or queued something then.

    Each pass of its loop schedules what is ready and then goes through what is scheduled.
    """
    scheduled = history.tries.scheduled
    return distinct(np.concatenate([queueings, distinct(micros(scheduled)[~missing(scheduled)])]))


def _limits(history: History, machinery: Machinery, held: Holding) -> Iterator[Limit]:
    """Yield the limits that each candidate is held against, in the scheduler's order."""
    yield pool(history, held)
    yield max_active_tasks(history, machinery, held)
    for per_run, name in ((False, "max_active_tis_per_dag"), (True, "max_active_tis_per_dagrun")):
        cap = getattr(history.tasks, name)
        if np.any(cap != NO_LIMIT):
            yield max_active_tis(history, machinery, held, cap, name, per_run=per_run)


def _until_next(limit: Limit, seen: Ints) -> Limit:
    return replace(limit, capped=extended(limit.capped, seen))


@dataclass(frozen=True, slots=True)
class Asked:
    """Limits in the order the scheduler asks them.

    `before_queued` keep a task instance scheduled, `before_start` a queued one from starting.
    """

    before_queued: tuple[Limit, ...]
    before_start: tuple[Limit, ...]

    @staticmethod
    def of(history: History, machinery: Machinery, held: Holding | None = None) -> Asked:
        """Return the limits of `history`; what one look refused stays refused until the next look.

        `held` is what holding(history) returns, where it is there already.
        """
        held = holding(history) if held is None else held
        slots, executor = worker_slots(history, machinery, held), parallelism(history, machinery, held)
        limits = list(_limits(history, machinery, held))
        del held
        queueings = _queueings(history)
        seen = _looks(history, queueings)
        limits = [_until_next(limit, seen) for limit in limits]
        if executor is not None:
            whole = _until_next(executor, seen)
            # Millions of moments, no longer needed.
            del seen
            # A look that queued something had room: whom it passed over, another limit refused.
            full = without(whole.capped, queueings, LOOP_BODY_US)
            limits = [replace(executor, capped=full), *limits, whole]
        return Asked(tuple(limits), () if slots is None else (slots,))
