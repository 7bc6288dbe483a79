"""How much of many groups was taken over time, and when that was more than a threshold.

All times are int64 microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from airflow_tune.compiled import bigs
from airflow_tune.diagnose.native import call
from airflow_tune.diagnose.waits.intervals import FOREVER, Intervals
from airflow_tune.history.column import AnyArray, Bools, Ints, ragged

FEW = 64
"""Up to so many groups are gone through one by one, more of them together."""
BLOCK_ROWS = 250_000


@dataclass(frozen=True, slots=True)
class Steps:
    """Levels as columns: `value[i]` from `time[i]` on; `first` are group offsets."""

    first: Ints
    time: Ints
    value: Ints


@dataclass(frozen=True)
class Level:
    """How much of each group was taken, as sorted events.

    An event is a place on one axis for all groups, and a change, raised by half of what `bits` bits hold;
    both in one number, the change in its low bits. Events `first[g]` to `first[g + 1]` are of group g;
    `shift[g]` leads from its places to times.
    """

    event: Ints
    bits: int
    first: Ints
    shift: Ints

    @cached_property
    def steps(self) -> Steps:
        """Return the level of each group from each moment on at which it changed."""
        # The low half of each number, where the change stands, without a copy of the whole.
        change = self.event.astype("<i8", copy=False).view("<i4")[::2] & np.int32((1 << self.bits) - 1)
        change -= 1 << (self.bits - 1)
        place = self.event >> self.bits
        # Every group ends empty, so that one running sum serves them all; of several events at one
        # moment only what they lead to counts.
        settled = np.append(place[1:] != place[:-1], np.ones(min(len(place), 1), bool))
        value = np.cumsum(change, out=change)[settled]
        place, first = place[settled], np.append(0, np.cumsum(settled))[self.first]
        place += np.repeat(self.shift, np.diff(first))
        return Steps(first, place, value)

    def peaks(self) -> Ints:
        """Return the highest level of each group, 0 where it has none above that."""
        peak = np.zeros(len(self.shift), np.int64)
        if call("peaks", self.fields(), [peak]) is None:
            first, value = self.steps.first, self.steps.value
            some = np.flatnonzero(np.diff(first))
            if len(some):
                peak[some] = np.maximum.reduceat(value, first[:-1][some])
        return np.maximum(peak, 0)

    def fields(self) -> tuple[AnyArray | int, ...]:
        """Return the fields of `levels` in core/level.h."""
        return self.event, self.bits, self.first, self.shift, len(self.shift)


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
    nothing = np.zeros(0, np.int64)
    if not len(group):
        return Level(nothing, 1, np.zeros(groups + 1, np.int64), np.zeros(groups, np.int64))
    low, base = _windows(group, enter, leave, groups)
    bits = int(np.abs(weight).max()).bit_length() + 1
    event = _packed(base - low if groups == 1 else (base - low)[group], enter, leave, weight, bits)
    first = np.append(np.searchsorted(event, base << bits), len(event))
    return Level(event, bits, first, low - base)


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
    found = _spans(levels, group[some], threshold[some], some)
    if not len(always):
        return Intervals(*found)
    forever = (always, np.full(len(always), -FOREVER), np.full(len(always), FOREVER))
    merged = [np.concatenate(columns) for columns in zip(forever, found, strict=True)]
    order = np.argsort(merged[0], kind="stable")
    return Intervals(*(column[order] for column in merged))


def _spans(levels: Level, group: Ints, threshold: Ints, name: Ints) -> tuple[Ints, Ints, Ints]:
    """Return name, begin and end of each span above a threshold, ask by ask."""
    # One member makes two events, and one span at the most.
    most = int(np.sum((levels.first[group + 1] - levels.first[group]) // 2))
    begin, end, count = np.empty(most, np.int64), np.empty(most, np.int64), np.zeros(len(group), np.int64)
    asked = (len(group), bigs(group), bigs(threshold), begin, end, count)
    spans = call("above", levels.fields(), asked)
    if spans is None:
        plain = _one_by_one if len(group) <= FEW else _together
        return plain(levels.steps, group, threshold, name)
    return np.repeat(name, count), begin[:spans].copy(), end[:spans].copy()


def _one_by_one(levels: Steps, group: Ints, threshold: Ints, name: Ints) -> tuple[Ints, Ints, Ints]:
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


def _together(levels: Steps, group: Ints, threshold: Ints, name: Ints) -> tuple[Ints, Ints, Ints]:
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
