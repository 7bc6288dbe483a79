"""Share out stretches of time among limits that are asked in turn, for millions of stretches at once.

Each stretch belongs to one group of each limit (its pool, its DAG run, its task …). The first limit
gets the time in which it was at its cap, the second what is left of its own, and so on. With
r(t) = the time up to t that no earlier limit took, a limit that was at its cap over [u, v) takes
r(v) - r(u) of it. Stretches that share all groups so far form a class; per class the running sum over
intervals is kept, so that a stretch costs two binary searches per limit, however many intervals it spans.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from airflow_tune.diagnose.waits.intervals import Intervals
from airflow_tune.history.column import Ints, grouped, ragged


@dataclass(frozen=True, slots=True)
class Layer:
    """One limit's classes: window [low, high], and for each interval what it took up to its begin.

    `base[c]` is where class c starts on the common axis of `key`; `before` is r at an interval's
    begin, `taken` the sum over the class's earlier intervals and `whole` that with this one.
    """

    low: Ints
    high: Ints
    base: Ints
    key: Ints
    end: Ints
    before: Ints
    taken: Ints
    whole: Ints

    def spent(self, classes: Ints, time: Ints, left: Ints) -> Ints:
        """Return what the limit took up to `time` in each of `classes`, where r(time) is `left`."""
        clipped = np.clip(time, self.low[classes], self.high[classes])
        at = np.searchsorted(self.key, self.base[classes] + clipped - self.low[classes], side="right") - 1
        inside = clipped < self.end[at]
        return np.where(inside, self.taken[at] + left - self.before[at], self.whole[at])


@dataclass(slots=True)
class Chain:
    """The limits asked so far, for stretches from `begin` to `end`; `left` is what none of them took."""

    begin: Ints
    end: Ints
    layers: list[tuple[Layer, Ints]] = field(default_factory=list)
    left_at_begin: Ints = field(init=False)
    left_at_end: Ints = field(init=False)
    path: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.left_at_begin, self.left_at_end = self.begin.copy(), self.end.copy()
        self.path = np.zeros(len(self.begin), np.int64)

    @property
    def left(self) -> Ints:
        """Return what is left of each stretch."""
        return self.left_at_end - self.left_at_begin

    def ask(self, intervals: Intervals, group: Ints) -> tuple[Ints, Ints]:
        """Return which stretches the limit took time from, and how much.

        `group` names each stretch's group in `intervals`, -1 for none.
        """
        rows = np.flatnonzero((group >= 0) & (self.end > self.begin))
        start, stop = intervals.within(group[rows], self.begin[rows], self.end[rows])
        rows = rows[stop > start]
        if not len(rows):
            return rows, rows
        key = self.path[rows] * (np.int64(group.max()) + 1) + group[rows]
        _, first, of_row = grouped(key)
        layer = self._layer(intervals, rows, rows[first], group[rows[first]], of_row)
        at_begin = layer.spent(of_row, self.begin[rows], self.left_at_begin[rows])
        at_end = layer.spent(of_row, self.end[rows], self.left_at_end[rows])
        self.left_at_begin[rows] -= at_begin
        self.left_at_end[rows] -= at_end
        members = np.full(len(self.begin), -1)
        members[rows] = of_row
        self.layers.append((layer, members))
        self.path[rows] = (self.path.max() + 1) + of_row
        return rows, at_end - at_begin

    def _left(self, stretch: Ints, time: Ints) -> Ints:
        """Return r(time) in the class of each `stretch`."""
        left = time.copy()
        for layer, members in self.layers:
            inside = np.flatnonzero(members[stretch] >= 0)
            left[inside] -= layer.spent(members[stretch[inside]], time[inside], left[inside])
        return left

    def _layer(self, intervals: Intervals, rows: Ints, sample: Ints, group: Ints, of_row: Ints) -> Layer:
        """Return the layer of classes that each `sample` stretch stands for."""
        low = np.full(len(sample), np.iinfo(np.int64).max)
        high = np.full(len(sample), np.iinfo(np.int64).min)
        np.minimum.at(low, of_row, self.begin[rows])
        np.maximum.at(high, of_row, self.end[rows])
        start, stop = intervals.within(group, low, high)
        owner, rank = ragged(stop - start)
        at = start[owner] + rank
        begin = np.maximum(intervals.begin[at], low[owner])
        end = np.minimum(intervals.end[at], high[owner])
        before = self._left(sample[owner], begin)
        whole = np.cumsum(self._left(sample[owner], end) - before)
        return _closed((low, high), owner, (begin, end), before, whole)


def _closed(
    window: tuple[Ints, Ints], owner: Ints, span: tuple[Ints, Ints], before: Ints, whole: Ints
) -> Layer:
    """Return the layer with a zero-length interval at each class's low, so that every search finds one."""
    (low, high), (begin, end) = window, span
    base = np.cumsum(high - low + 1) - (high - low + 1)
    key = base[owner] + begin - low[owner]
    taken = np.concatenate([[0], whole[:-1]])[: len(whole)]
    at = np.searchsorted(key, base)
    floor = np.concatenate([[0], whole])[at]
    columns = [(key, base), (end, low), (before, low), (taken, floor), (whole, floor)]
    return Layer(low, high, base, *(np.insert(column, at, value) for column, value in columns))
