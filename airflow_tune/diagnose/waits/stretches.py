"""Cut every wait at the moments that the metadata DB keeps: ready, scheduled, queued, start.

A task instance that came back from deferral waited twice: for its first start, whose scheduled and
queued times were overwritten, and from its trigger's event to its next queueing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.ready import ready_times
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, AnyArray, Bools, Ints, micros, missing
from airflow_tune.history.model import History, TaskInstances

SKEW_US = MICROSECONDS
"""queued this much after start means a resumption; less is taken for clocks that disagree."""
EMPTY_OPERATOR = "EmptyOperator"
"""Succeeds in the scheduler itself, without being scheduled or queued."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """Waits in µs since 1970, `ready` ≤ `scheduled` ≤ `queued` ≤ `start`, of the tries `row`.

    Where the source keeps no scheduled time it equals `ready`. `lost` marks first starts before a
    deferral: nothing between ready and start is known of them. What waits still ends at `taken_at`.
    """

    row: Ints
    ready: Ints
    scheduled: Ints
    queued: Ints
    start: Ints
    lost: Bools

    def __len__(self) -> int:
        return len(self.row)


_COLUMNS = Stretches.__slots__


def resumed(tries: TaskInstances) -> Bools:
    """Return which tries were queued again after a deferral."""
    known = ~missing(tries.queued) & ~missing(tries.start)
    found: Bools = known & (micros(tries.queued) - SKEW_US > micros(tries.start))
    return found


def _scheduler_only(history: History) -> Bools:
    if EMPTY_OPERATOR not in history.operators:
        return np.zeros(len(history.tries), bool)
    empty = history.tries.operator == history.operators.index(EMPTY_OPERATOR)
    found: Bools = empty & (history.tries.state == state.SUCCESS) & missing(history.tries.queued)
    return found


def _taken_up(history: History) -> tuple[Ints, Ints, Ints, Bools]:
    """Return scheduled, queued and start of each try, filled from what is known, and which waited."""
    tries, now = history.tries, history.taken_at.astype(np.int64)
    again = resumed(tries)
    waiting = tries.last & missing(tries.start) & np.isin(tries.state, (state.SCHEDULED, state.QUEUED))
    start = np.where(waiting, now, micros(tries.start))
    # Before a deferral nothing is known of scheduled and queued; what has no queued time went no such way.
    queued = np.where(again | missing(tries.queued), start, micros(tries.queued))
    scheduled = np.where(again | missing(tries.scheduled), queued, micros(tries.scheduled))
    waited = waiting | (~missing(tries.start) & (~missing(tries.queued) | _scheduler_only(history)))
    return scheduled, queued, start, waited


def _first_waits(history: History) -> Stretches:
    scheduled, queued, start, waited = _taken_up(history)
    ready = ready_times(history, np.minimum(np.minimum(scheduled, queued), start))
    again, blind = resumed(history.tries), missing(history.tries.scheduled)
    scheduled = np.where((blind & ~_scheduler_only(history)) | again, ready, scheduled)
    np.maximum(queued, scheduled, out=queued)
    np.maximum(start, queued, out=start)
    if waited.all():
        return Stretches(np.arange(len(waited), dtype=np.int32), ready, scheduled, queued, start, again)
    row = np.flatnonzero(waited)
    return Stretches(row, ready[row], scheduled[row], queued[row], start[row], again[row])


def _resumptions(history: History) -> Stretches:
    tries = history.tries
    row = np.flatnonzero(resumed(tries) & ~missing(tries.scheduled))
    queued = micros(tries.queued)[row]
    scheduled = np.minimum(micros(tries.scheduled)[row], queued)
    # When the worker took it up again is kept nowhere in these tables: the wait ends at queued here.
    return Stretches(row, scheduled, scheduled, queued, queued, np.zeros(len(row), bool))


def stretches(history: History) -> Stretches:
    """Return every wait of `history` in order of time, the waits of one try beside one another.

    What is charged together then lies close together in time, and meets few intervals of each limit.
    """
    first, later = _first_waits(history), _resumptions(history)
    if not len(later):
        return _ordered(first, np.argsort(first.scheduled, kind="stable"))
    columns = (np.concatenate([getattr(part, name) for part in (first, later)]) for name in _COLUMNS)
    both = Stretches(*columns)
    del first, later
    since = np.full(len(history.tries), np.iinfo(np.int64).max)
    # The first wait of a try stands before its resumption, and is written last here.
    since[both.row[::-1]] = both.scheduled[::-1]
    by_row = np.argsort(both.row, kind="stable")
    return _ordered(both, by_row[np.argsort(since[both.row[by_row]], kind="stable")])


def _ordered(waits: Stretches, order: Ints) -> Stretches:
    """Return `waits` in `order`, each column given back as soon as it is copied."""
    columns: dict[str, AnyArray] = {name: getattr(waits, name) for name in _COLUMNS}
    del waits
    return Stretches(*(columns.pop(name)[order] for name in _COLUMNS))
