"""Intervals of time, many groups at once: when a limit was at its cap.

All times are int64 microseconds. Intervals of one group are disjoint and sorted by group and begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.history.column import MICROSECONDS, Bools, Ints, ragged

FEW = 64
"""Up to so many groups are gone through one by one, more of them together."""
BLOCK_ROWS = 250_000
FOREVER = 2**53
"""285 years in microseconds: beyond every time, and sums of many still fit."""
LONGEST_STALL_US = 10 * MICROSECONDS
"""How long the scheduler may stand still between two looks: 1-9 s were measured on 3.3.2, where a full
pipe of LocalExecutor held it."""


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


@dataclass(frozen=True, slots=True)
class Level:
    """How much of each group was taken: `value[i]` from `time[i]` on; `first` are group offsets."""

    first: Ints
    time: Ints
    value: Ints


def _windows(group: Ints, enter: Ints, leave: Ints, groups: int) -> tuple[Ints, Ints]:
    """Return each group's first moment, and where its own stretch of one common axis begins."""
    if groups == 1:
        return enter.min(keepdims=True), np.zeros(1, np.int64)
    low = np.full(groups, np.iinfo(np.int64).max)
    high = np.full(groups, np.iinfo(np.int64).min)
    np.minimum.at(low, group, enter)
    np.maximum.at(high, group, leave)
    empty = low > high
    low[empty], high[empty] = 0, -1
    size = high - low + 1
    return low, np.cumsum(size) - size


def _packed(shift: Ints, enter: Ints, leave: Ints, weight: Ints, bits: int) -> Ints:
    """Return the sorted events: place on the axis in the high bits, change (raised by half) in the low."""
    count, half = len(enter), 1 << (bits - 1)
    event = np.empty(2 * count, np.int64)
    np.add(enter, shift, out=event[:count])
    np.add(leave, shift, out=event[count:])
    np.left_shift(event, bits, out=event)
    event += half
    event[:count] += weight
    event[count:] -= weight
    event.sort()
    return event


def level(group: Ints, enter: Ints, leave: Ints, weight: Ints, groups: int) -> Level:
    """Return the level of each of `groups` groups that members of `weight` enter and leave.

    Place on the axis and change are packed into one number each, so that one plain sort does it all:
    ordering 10 million events by an index takes several times the time and memory.
    """
    if not len(group):
        nothing = np.zeros(0, np.int64)
        return Level(np.zeros(groups + 1, np.int64), nothing, nothing)
    low, base = _windows(group, enter, leave, groups)
    bits = int(np.abs(weight).max()).bit_length() + 1
    event = _packed(base - low if groups == 1 else (base - low)[group], enter, leave, weight, bits)
    # Where the caller kept none of them, their memory is needed now.
    del group, enter, leave, weight
    # The low half of each number, where the change stands, without a copy of the whole.
    change = event.astype("<i8", copy=False).view("<i4")[::2] & np.int32((1 << bits) - 1)
    change -= 1 << (bits - 1)
    event >>= bits
    # Every group ends empty, so that one running sum serves them all; of several events at one
    # moment only what they lead to counts.
    settled = np.append(event[1:] != event[:-1], np.ones(1, bool))
    value, place = np.cumsum(change, out=change), event
    if not settled.all():
        value, place = value[settled], place[settled]
    del event, change, settled
    first = np.searchsorted(place, np.append(base, place[-1] + 1))
    place -= np.repeat(base - low, np.diff(first))
    return Level(first, place, value)


def blocks(group: Ints) -> Iterator[slice]:
    """Yield stretches of some 250,000 members of whole groups; everything at once where groups are mixed.

    What is worked out for a block stays in the processor's cache, and its memory serves the next one.
    """
    last = np.flatnonzero(np.append(group[1:] != group[:-1], np.ones(1, bool)))
    mixed = bool(np.any(group[1:] < group[:-1]))
    at = 0
    while at < len(group):
        least = len(group) - 1 if mixed else min(at + BLOCK_ROWS, len(group)) - 1
        stop = int(last[np.searchsorted(last, least)]) + 1
        yield slice(at, stop)
        at = stop


def above(levels: Level, group: Ints, threshold: Ints) -> Intervals:
    """Return when `levels` of `group[i]` was above `threshold[i]`, as intervals of group i."""
    always = np.flatnonzero(threshold < 0)
    some = np.flatnonzero(threshold >= 0)
    spans = _one_by_one if len(some) <= FEW else _together
    parts = [
        (always, np.full(len(always), -FOREVER), np.full(len(always), FOREVER)),
        spans(levels, group[some], threshold[some], some),
    ]
    merged = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    order = np.argsort(merged[0], kind="stable")
    return Intervals(*(column[order] for column in merged))


def _one_by_one(levels: Level, group: Ints, threshold: Ints, name: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the spans of few groups, each a slice that needs no index of its own."""
    nothing = np.zeros(0, np.int64)
    found = [(nothing, nothing, nothing)]
    for own, most, called in zip(group, threshold, name, strict=True):
        part = slice(levels.first[own], levels.first[own + 1])
        change = np.diff((levels.value[part] > most).view(np.int8), prepend=np.int8(0))
        time = levels.time[part]
        begin, end = time[np.flatnonzero(change == 1)], time[np.flatnonzero(change == -1)]
        found.append((np.full(len(begin), called), begin, end))
    name, begin, end = (np.concatenate(column) for column in zip(*found, strict=True))
    return name, begin, end


def _together(levels: Level, group: Ints, threshold: Ints, name: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the spans of many groups, which are short each."""
    counts = levels.first[group + 1] - levels.first[group]
    pair, rank = ragged(counts)
    at = levels.first[group][pair] + rank
    starts, stops = _edges(levels.value[at] > threshold[pair], rank)
    return name[pair[starts]], levels.time[at[starts]], levels.time[at[stops]]


def _edges(full: Bools, rank: Ints) -> tuple[Ints, Ints]:
    """Return where runs of `full` begin and where they end; groups begin at rank 0 and end empty."""
    before = np.concatenate([[False], full[:-1]]) & (rank > 0)
    return np.flatnonzero(full & ~before), np.flatnonzero(~full & before)


def without(intervals: Intervals, moments: Ints, width_us: int) -> Intervals:
    """Return the `intervals` of group 0 less what lies within `width_us` after any of `moments`."""
    count = len(intervals) + len(moments)
    levels = level(
        np.broadcast_to(np.int8(0), count),
        np.concatenate([intervals.begin, moments]),
        np.concatenate([intervals.end, moments + width_us]),
        np.repeat(np.array([1, -2], np.int8), [len(intervals), len(moments)]),
        1,
    )
    return above(levels, np.zeros(1, np.int64), np.zeros(1, np.int64))


def extended(intervals: Intervals, looks: Ints) -> Intervals:
    """Return `intervals` lengthened to the next of the sorted `looks`, and joined where they then meet.

    What a look refused stays refused until the scheduler looks again, however early the limit
    was free; beyond LONGEST_STALL_US that is not believed.
    """
    if not len(intervals) or not len(looks):
        return intervals
    at = np.searchsorted(looks, intervals.end)
    later = np.append(looks, FOREVER)[at]
    end = np.where(at < len(looks), np.minimum(later, intervals.end + LONGEST_STALL_US), intervals.end)
    apart = (intervals.group[1:] != intervals.group[:-1]) | (intervals.begin[1:] > end[:-1])
    first = np.flatnonzero(np.concatenate([[True], apart]))
    last = np.append(first[1:] - 1, len(end) - 1)
    return Intervals(intervals.group[first], intervals.begin[first], end[last])
