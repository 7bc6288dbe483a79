"""What more slots of a limit would spare: a bound by what was wanted at once, and a replay.

The bound: with N(t) slots held or waited for at time t, S slots leave max(0, N(t) - S) of them waiting.
More slots end tasks earlier and so never raise N(t) (first come, first served, same arrivals, same
durations), so the integral of max(0, N(t) - S) is the most that would still wait at S.

The replay: the same task instances arrive at the limit when they did, hold it for as long as they did,
and are served in the order in which they came by S slots. It knows no other limit and no priorities, so
its answer for today's size stands beside what was really waited.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from airflow_tune.diagnose.past.shared import Shared, shared_by
from airflow_tune.diagnose.waits.holding import Holding, holding
from airflow_tune.diagnose.waits.levels import level
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.spans import wait_spans
from airflow_tune.history.column import MICROSECONDS, Floats, Ints
from airflow_tune.history.model import History

REPLAYED = 20_000
"""The newest so many task instances of a limit are replayed: a tenth of a second for each size asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """One limit of `size` slots: `seconds[n]` for which n of them were held or waited for at once.

    Limits that count each DAG run by itself have the seconds of all runs added up. `arrival` and `hold`
    (µs), `group` and `weight` are what is replayed, by arrival; `waited_s` is what that part of the
    history really waited for this limit.
    """

    limit: str
    size: int
    seconds: Floats
    waited_s: float
    arrival: Ints
    hold: Ints
    group: Ints
    weight: Ints

    @property
    def peak(self) -> int:
        """Return the most slots that were ever held or waited for at once."""
        some = np.flatnonzero(self.seconds)
        return int(some[-1]) if len(some) else 0

    def most_left_share(self, size: int) -> float:
        """Return the share (0..1) of today's waiting that is left at `size` slots at the most."""
        slots = np.arange(len(self.seconds))
        today, then = (
            float((self.seconds * np.maximum(slots - some, 0)).sum()) for some in (self.size, size)
        )
        return then / today if today > 0 else 0.0

    def replayed_s(self, size: int) -> float:
        """Return how long the replayed task instances wait at `size` slots."""
        return _replayed(self, size)

    def left_share(self, size: int) -> float:
        """Return the share (0..1) of today's waiting that the replay leaves at `size`; at most the bound."""
        today = self.replayed_s(self.size)
        replayed = self.replayed_s(size) / today if today > 0 else 1.0
        return min(replayed, self.most_left_share(size), 1.0)

    def smallest(self, left_share: float, most: int) -> int:
        """Return the least size above today's that leaves at most that share, or `most` where none does."""
        low, high = self.size, max(most, self.size)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.left_share(middle) <= left_share else (middle, high)
        return high


@cache
def _replayed(wanted: Wanted, size: int) -> float:
    free: dict[int, list[int]] = {}
    waited = 0
    columns = (wanted.group, wanted.arrival, wanted.hold, wanted.weight)
    for group, arrival, hold, weight in zip(*(column.tolist() for column in columns), strict=True):
        slots = free.setdefault(group, [0] * size)
        start = arrival
        for _ in range(min(weight, size)):
            start = max(start, heapq.heappop(slots))
        for _ in range(min(weight, size)):
            heapq.heappush(slots, start + hold)
        waited += start - arrival
    return waited / MICROSECONDS


def taken(group: Ints, begin: Ints, end: Ints, weight: Ints) -> Floats:
    """Return for how long (s) each number of slots was taken, all groups added up; -1 belongs to none."""
    inside = np.flatnonzero((group >= 0) & (end > begin))
    if not len(inside):
        return np.zeros(1)
    # Only groups that are there: a DAG has few of all the runs.
    _, dense = np.unique(group[inside], return_inverse=True)
    groups = int(dense.max()) + 1
    found = level(dense, begin[inside], end[inside], weight[inside], groups).steps
    lasts = np.diff(found.time, append=found.time[-1:])
    lasts[found.first[1:] - 1] = 0
    return np.bincount(found.value.clip(0), lasts) / MICROSECONDS


def _wanted(limit: str, shared: Shared, held: Holding, waits: tuple[Ints, Ints, Ints]) -> Wanted:
    end = held.end + shared.tail_us
    both = np.concatenate([held.row, waits[0]])
    begins, ends = np.concatenate([shared.begin, waits[1]]), np.concatenate([end, waits[2]])
    waited = np.zeros(len(shared.group), np.int64)
    np.add.at(waited, waits[0], waits[2] - waits[1])
    mine = np.flatnonzero((shared.group[held.row] >= 0) & (end > shared.begin))
    row = held.row[mine]
    arrival, hold = shared.begin[mine] - waited[row], (end - shared.begin)[mine]
    order = np.argsort(arrival, kind="stable")[-REPLAYED:]
    row = row[order]
    return Wanted(
        limit,
        shared.size,
        taken(shared.group[both], begins, ends, shared.weight[both]),
        float(waited[row].sum()) / MICROSECONDS,
        arrival[order],
        hold[order],
        shared.group[row],
        shared.weight[row],
    )


def _waiting(
    history: History, machinery: Machinery, limits: tuple[str, ...]
) -> dict[str, tuple[Ints, Ints, Ints]]:
    """Return who waited for each limit, and from when to when."""
    nothing = (np.zeros(0, np.int64),) * 3
    found = {name: [nothing] for name in limits}
    for part in wait_spans(history, machinery):
        for name in set(limits) & set(part.names):
            own = part.limit == part.names.index(name)
            found[name].append((part.row[own], part.begin[own], part.end[own]))
    joined = {}
    for name, parts in found.items():
        row, begin, end = (np.concatenate(column) for column in zip(*parts, strict=True))
        joined[name] = (row, begin, end)
    return joined


def wanted(history: History, machinery: Machinery, limits: Iterable[str]) -> Iterator[Wanted]:
    """Yield what was wanted of each of `limits`, named as in the waits; those without slots are left out."""
    asked = tuple(limits)
    if not asked:
        return
    held = holding(history)
    for name, spans in _waiting(history, machinery, asked).items():
        shared = shared_by(history, name, machinery, held)
        if shared is not None and shared.size > 0:
            yield _wanted(name, shared, held, spans)
