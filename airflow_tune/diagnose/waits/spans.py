"""Where on the clock every charged wait lies, so that waiting can be drawn, and added to what was held.

A charge says how long a limit held a try, not when. It is laid where that limit lets go: before the
start for what holds a queued task instance, before the queueing for the other limits, and right after
the ready time for the scheduler's loop. Its length is exact, its place is not where several limits took
turns within one stretch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.asked import EXECUTOR, SCHEDULER, UNKNOWN
from airflow_tune.diagnose.waits.charge import Charges, charged_in_parts
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.stretches import Stretches, stretches
from airflow_tune.history.column import Ints
from airflow_tune.history.model import History


@dataclass(frozen=True, slots=True)
class WaitSpans:
    """The try `row` waited for the limit `names[limit]` from `begin` to `end`, in µs since 1970."""

    row: Ints
    limit: Ints
    begin: Ints
    end: Ints
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Moments:
    """Ready time, queueing and start by try; where the queueing was overwritten, the start stands in."""

    ready: Ints
    queued: Ints
    start: Ints

    @staticmethod
    def of(waits: Stretches, tries: int) -> _Moments:
        columns = (waits.ready, np.where(waits.lost, waits.start, waits.queued), waits.start)
        found = _Moments(*(np.zeros(tries, np.int64) for _ in columns))
        for target, column in zip((found.ready, found.queued, found.start), columns, strict=True):
            target[waits.row] = column
        return found


def _laid(charges: Charges, moments: _Moments, before_start: frozenset[str]) -> WaitSpans:
    names = charges.names
    at_start = np.array([name in before_start for name in names], bool)[charges.limit]
    first = np.array([name == SCHEDULER for name in names], bool)[charges.limit]
    row, spent = charges.row, charges.micros
    end = np.where(at_start, moments.start[row], moments.queued[row])
    end = np.where(first, moments.ready[row] + spent, end)
    return WaitSpans(row, charges.limit, end - spent, end, names)


def wait_spans(history: History, machinery: Machinery) -> Iterator[WaitSpans]:
    """Yield the spans of every wait of `history`, in the parts that charging works in."""
    moments = _Moments.of(stretches(history), len(history.tries))
    before_start = frozenset({machinery.queued_limit[0], EXECUTOR, UNKNOWN})
    for charges in charged_in_parts(history, machinery):
        yield _laid(charges, moments, before_start)
