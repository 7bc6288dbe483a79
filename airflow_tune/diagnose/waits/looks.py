"""What the scheduler's looks do to a limit: between two of them what was refused stays refused."""

from __future__ import annotations

import numpy as np

from airflow_tune.compiled import bigs
from airflow_tune.diagnose.native import call
from airflow_tune.diagnose.waits.intervals import FOREVER, Intervals
from airflow_tune.diagnose.waits.levels import above, level
from airflow_tune.history.column import MICROSECONDS, Bools, Ints

LONGEST_STALL_US = 10 * MICROSECONDS
"""How long the scheduler may stand still between two looks: 1-9 s were measured on 3.3.2, where a full
pipe of LocalExecutor held it."""


def without(intervals: Intervals, moments: Ints, width_us: int) -> Intervals:
    """Return the `intervals` of group 0 less the `width_us` after each of the sorted `moments`."""
    most = len(intervals) + len(moments)
    begin, end = np.empty(most, np.int64), np.empty(most, np.int64)
    columns = (bigs(intervals.begin), bigs(intervals.end), bigs(moments))
    count = call("without", [len(intervals), len(moments), width_us, *columns, begin, end])
    if count is None:
        return _without(intervals, moments, width_us)
    return Intervals(np.zeros(count, np.int64), begin[:count].copy(), end[:count].copy())


def _without(intervals: Intervals, moments: Ints, width_us: int) -> Intervals:
    first, last = _runs(moments[1:] - moments[:-1] > width_us, len(moments))
    count = len(intervals) + len(first)
    levels = level(
        np.broadcast_to(np.int8(0), count),
        np.concatenate([intervals.begin, moments[first]]),
        np.concatenate([intervals.end, moments[last] + width_us]),
        np.repeat(np.array([1, -2], np.int8), [len(intervals), len(first)]),
        1,
    )
    return above(levels, np.zeros(1, np.int64), np.zeros(1, np.int64))


def extended(intervals: Intervals, *looks: Ints) -> Intervals:
    """Return `intervals` lengthened to the next of the `looks`, and joined where they then meet.

    What a look refused stays refused until the scheduler looks again, however early the limit was free;
    beyond LONGEST_STALL_US that is not believed. Each of `looks` is sorted; together they are all looks.
    """
    later = np.full(len(intervals), FOREVER)
    for some in looks:
        if call("next", [len(intervals), len(some), bigs(intervals.end), bigs(some), later]) is None:
            np.minimum(later, np.append(some, FOREVER)[np.searchsorted(some, intervals.end)], out=later)
    soon = np.minimum(later, intervals.end + LONGEST_STALL_US)
    end = np.where(later < FOREVER, soon, intervals.end)
    apart = (intervals.group[1:] != intervals.group[:-1]) | (intervals.begin[1:] > end[:-1])
    first, last = _runs(apart, len(end))
    return Intervals(intervals.group[first], intervals.begin[first], end[last])


def _runs(apart: Bools, count: int) -> tuple[Ints, Ints]:
    """Return the first and the last of each run of `count` neighbours, which are `apart` between two runs."""
    first = np.flatnonzero(np.append(np.ones(min(count, 1), bool), apart))
    return first, np.append(first[1:] - 1, np.full(min(count, 1), count - 1))
