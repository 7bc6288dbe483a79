"""Which tries held slots, and from when to when: what limits count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.stretches import resumed
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, Bools, Ints, micros, missing
from airflow_tune.history.model import History


@dataclass(frozen=True, slots=True)
class Holding:
    """Tries `row` that were queued or running from `begin` to before `end`, and `started` when running.

    `deferred` is the begin where deferral counts as holding too. All in µs since 1970.
    """

    row: Ints
    begin: Ints
    started: Ints
    end: Ints
    deferred: Ints


def holding(history: History) -> Holding:
    """Return what was held.

    A resumed try counts from its second queueing: how long the part before the deferral took is kept
    nowhere, and is short by nature.
    """
    tries, now = history.tries, history.taken_at.astype(np.int64)
    again, unqueued, unstarted = resumed(tries), missing(tries.queued), missing(tries.start)
    queued, start = micros(tries.queued), micros(tries.start)
    begin = _where(unqueued, start, queued)
    open_end = tries.last & missing(tries.end) & np.isin(tries.state, (state.QUEUED, state.RUNNING))
    end = _where(open_end, now, micros(tries.end))
    held = ~(unqueued & unstarted) & (end > begin)
    started = _where(unstarted, now, start)
    # Clocks may put the end before the start: then nobody saw it run.
    late = started > np.maximum(end, begin)
    started = _where(late, np.maximum(end, begin), _where(started < begin, begin, started))
    deferred, started = _where(again, start, begin), _where(again, begin, started)
    if held.all():
        return Holding(np.arange(len(held), dtype=np.int32), begin, started, end, deferred)
    row = np.flatnonzero(held).astype(np.int32)
    kept = begin[row]
    return Holding(row, kept, started[row], end[row], kept if deferred is begin else deferred[row])


def _where(some: Bools, chosen: Ints | np.signedinteger[Any], others: Ints) -> Ints:
    """Return `chosen` where `some`; `others` itself where that is nowhere: most columns need no copy."""
    return np.where(some, chosen, others) if some.any() else others


def begin_for_pools(history: History, held: Holding) -> Ints:
    """Return from when each of `held` takes slots of its pool: pools may count deferral too."""
    if held.deferred is held.begin:
        return held.begin
    pools, pool = history.pools, history.tries.pool[held.row]
    return np.where(pools.include_deferred[pool], held.deferred, held.begin)


def begin_for_tasks(machinery: Machinery, held: Holding) -> Ints:
    """Return from when each of `held` counts for max_active_tis_per_dag and _per_dagrun."""
    return held.deferred if machinery.version.task_limits_count_deferred else held.begin


def with_tail(end: Ints, tail_s: float) -> Ints:
    """Return `end` plus the time that an executor's slot may stay busy after it."""
    return end + int(tail_s * MICROSECONDS)
