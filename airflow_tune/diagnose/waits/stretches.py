"""Cut every wait at the moments that the metadata DB keeps: ready, scheduled, queued, start.

A task instance that came back from deferral waited twice: for its first start, whose scheduled and
queued times were overwritten, and from its trigger's event to its next queueing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from airflow_tune.diagnose.waits.ready import ready_times
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, AnyArray, Bools, Ints, micros, missing
from airflow_tune.history.model import History, TaskInstances

SKEW_US = MICROSECONDS
"""queued this much after start means a resumption; less is taken for clocks that disagree."""
PART_ROWS = 125_000
"""How many waits are cut and charged at a time: what that takes in memory does not grow with the history."""
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

    def at(self, rows: Ints | slice) -> Stretches:
        """Return the waits at the places `rows`."""
        return Stretches(*(getattr(self, name)[rows] for name in _COLUMNS))


_COLUMNS = Stretches.__slots__
_NO_TIME = np.zeros(0, np.int64)
_NOTHING = Stretches(np.zeros(0, np.int32), _NO_TIME, _NO_TIME, _NO_TIME, _NO_TIME, np.zeros(0, bool))


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
    every = Stretches(np.arange(len(waited)), ready, scheduled, queued, start, again)
    return every.at(np.flatnonzero(waited))


def _resumptions(history: History) -> Stretches:
    tries = history.tries
    row = np.flatnonzero(resumed(tries) & ~missing(tries.scheduled))
    queued = micros(tries.queued)[row]
    scheduled = np.minimum(micros(tries.scheduled)[row], queued)
    # When the worker took it up again is kept nowhere in these tables: the wait ends at queued here.
    return Stretches(row, scheduled, scheduled, queued, queued, np.zeros(len(row), bool))


def parts_of(history: History) -> Iterator[slice]:
    """Yield the rows of tries in parts of some 125,000, cut where a new DAG run begins."""
    run, low = history.tries.run, 0
    while low < len(run):
        last = run[min(low + PART_ROWS, len(run)) - 1]
        high = int(np.searchsorted(run, np.array(last, run.dtype), side="right"))
        yield slice(low, high)
        low = high


def stretches_of(history: History, rows: slice) -> Stretches:
    """Return the waits of one of the parts of `history`, in order of their rows."""
    runs, run = history.runs, int(history.tries.run[rows.start])
    # A task that depends on its past waits for the run before.
    lead = run > 0 and runs.dag[run - 1] == runs.dag[run]
    before = np.array(run - 1, history.tries.run.dtype)
    first = int(np.searchsorted(history.tries.run, before)) if lead else rows.start
    columns = {name: getattr(history.tries, name)[first : rows.stop] for name in TaskInstances.__slots__}
    part = replace(history, tries=TaskInstances(**columns))
    both = [_first_waits(part), _resumptions(part)]
    found = both[0]
    if len(both[1]):
        found = Stretches(*(np.concatenate([getattr(one, name) for one in both]) for name in _COLUMNS))
        found = found.at(np.argsort(found.row, kind="stable"))
    own = found.at(slice(int(np.searchsorted(found.row, rows.start - first)), None))
    return replace(own, row=(own.row + first).astype(np.int32))


def stretches(history: History) -> Stretches:
    """Return every wait of `history` in order of time, the waits of one try beside one another.

    What is charged together then lies close together in time, and meets few intervals of each limit.
    """
    return in_order([stretches_of(history, rows) for rows in parts_of(history)])


def in_order(parts: list[Stretches]) -> Stretches:
    """Return the waits of `parts`, whose rows ascend, in order of time; `parts` is empty afterwards."""
    columns: dict[str, AnyArray] = {
        name: np.concatenate([getattr(part, name) for part in (_NOTHING, *parts)]) for name in _COLUMNS
    }
    parts.clear()
    # The first wait of a try decides where both stand.
    new = np.append(np.ones(min(len(columns["row"]), 1), bool), columns["row"][1:] != columns["row"][:-1])
    since = columns["scheduled"][new][np.cumsum(new) - 1]
    order = np.argsort(since, kind="stable")
    # Each column is given back as soon as it is copied.
    return Stretches(*(columns.pop(name)[order] for name in _COLUMNS))


def cut(waits: Stretches) -> Iterator[Stretches]:
    """Yield `waits` in parts, cut where a new try begins."""
    new = np.append(waits.row[1:] != waits.row[:-1], np.ones(1, bool))
    at = 0
    while at < len(waits):
        stop = min(at + PART_ROWS, len(waits))
        stop += int(np.argmax(new[stop - 1 :]))
        yield waits.at(slice(at, stop))
        at = stop
