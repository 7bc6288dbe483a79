"""Intervals of time, many groups at once: when a limit was at its cap.

All times are int64 microseconds. Intervals of one group are disjoint and sorted by group and begin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from airflow_tune.history.column import Ints

FOREVER = 2**53
"""285 years in microseconds: beyond every time, and sums of many still fit."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """`group[i]` was at its cap from `begin[i]` to before `end[i]`."""

    group: Ints
    begin: Ints
    end: Ints

    def __len__(self) -> int:
        return len(self.group)

    def within(self, group: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """Return, for each `group` asked, the range of its intervals that reach into [low, high)."""
        if not len(self):
            return np.zeros(len(group), np.int64), np.zeros(len(group), np.int64)
        own, place = self._axis(int(group.max(initial=0)))
        start = np.searchsorted(self.end + own, place(group, low), side="right")
        # Most stretches meet no interval: only for the others is it worth asking where the range ends.
        nearest = np.minimum(start, len(self) - 1)
        meets = (start < len(self)) & (self.group[nearest] == group) & (self.begin[nearest] < high)
        met, stop = np.flatnonzero(meets), start.copy()
        stop[met] = np.searchsorted(self.begin + own, place(group[met], high[met] - 1), side="right")
        return start, stop

    def _axis(self, greatest: int) -> tuple[Ints, Callable[[Ints, Ints], Ints]]:
        """Return how far each interval is moved on one common axis, and the place of (group, time) there.

        Each group gets a stretch of the axis, so that one search serves all groups up to `greatest`.
        """
        first = np.flatnonzero(np.append(True, self.group[1:] != self.group[:-1]))
        if len(first) == 1:
            return np.zeros(1, np.int64), lambda _, time: time
        last = np.append(first[1:], len(self)) - 1
        floor = self.begin[first]
        size = self.end[last] - floor + 2
        base = np.cumsum(size) - size
        row_of = np.zeros(max(int(self.group[-1]), greatest) + 1, np.int64)
        row_of[self.group[first]] = np.arange(len(first))

        def place(group: Ints, time: Ints) -> Ints:
            row = row_of[group]
            found: Ints = base[row] + np.clip(time - floor[row] + 1, 0, size[row] - 1)
            return found

        return np.repeat(base - floor, np.diff(first, append=len(self))) + 1, place
