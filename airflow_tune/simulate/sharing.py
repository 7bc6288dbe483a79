"""Hosts whose running stints share the cores: who needs more CPU than there is waits for it.

A stint that uses `d` cores where it is alone computes for min(d, 1) of its time and waits for something else
for the rest. Where all together want more cores than there are, computing takes `s` times as long, for
everyone alike, and waiting as long as ever. s is such that the cores are just used up (processor sharing;
L. Kleinrock, Queueing Systems II, 1976, chapter 4.4):

    Σ d / ((1 - m) + m s) = cores, with m = min(d, 1)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import heappop, heappush

MOST_STEPS = 40
ENOUGH = 1e-12
"""Newton's steps towards s are over when one changes it by less than this share."""


def slowdown(count: Sequence[int], demands: Sequence[float], cores: float) -> float:
    """Return how many times as long computing takes for `count` stints of each of the `demands`."""
    wanted = 0.0
    for n, demand in zip(count, demands, strict=True):
        wanted += n * demand
    if wanted <= cores:
        return 1.0
    s = 1.0
    for _ in range(MOST_STEPS):
        used, slope = 0.0, 0.0
        for n, demand in zip(count, demands, strict=True):
            m = min(demand, 1.0)
            pace = (1.0 - m) + m * s
            used += n * demand / pace
            slope += n * demand * m / (pace * pace)
        step = (used - cores) / slope
        s += step
        if step <= ENOUGH * s:
            break
    return s


class Host:
    """One host with `cores`, and what runs on it, by class: `demands` are the cores that one stint uses.

    Every class has a clock that runs as fast as its stints progress. `bytes` are what one stint of each class
    takes of the memory; `peak_bytes` is the most at once, `short_s` for how long cores were too few.
    """

    def __init__(self, cores: float, demands: Sequence[float], sizes: Sequence[float]) -> None:
        self.cores, self.demands, self.sizes = cores, demands, sizes
        self.count = [0] * len(demands)
        self.clock = [0.0] * len(demands)
        self.rate = [1.0] * len(demands)
        self.running: list[list[tuple[float, int, int]]] = [[] for _ in demands]
        self.at = self.bytes = self.peak_bytes = self.short_s = 0.0
        self.short = False
        self.joined = self.awaited = 0
        self.soonest = -1

    def advance(self, now: float) -> None:
        """Let what runs progress until `now`."""
        passed = now - self.at
        if self.short:
            self.short_s += passed
        for row, rate in enumerate(self.rate):
            self.clock[row] += rate * passed
        self.at = now

    def join(self, instance: int, row: int, work: float) -> None:
        """Let `instance` of the class `row` begin `work` seconds of work."""
        self.joined += 1
        self.count[row] += 1
        self.bytes += self.sizes[row]
        self.peak_bytes = max(self.peak_bytes, self.bytes)
        heappush(self.running[row], (self.clock[row] + work, self.joined, instance))

    def leave(self) -> int:
        """Return the task instance that is over, which `settle` has foretold."""
        row = self.soonest
        end, _, instance = heappop(self.running[row])
        self.count[row] -= 1
        self.bytes -= self.sizes[row]
        self.clock[row] = max(self.clock[row], end)
        return instance

    def settle(self) -> float:
        """Return when the next stint is over, as long as none begins before; infinity where none runs."""
        s = slowdown(self.count, self.demands, self.cores)
        self.short = s > 1.0
        soonest, self.soonest = math.inf, -1
        for row, demand in enumerate(self.demands):
            m = min(demand, 1.0)
            self.rate[row] = 1.0 / ((1.0 - m) + m * s)
            if self.running[row]:
                left = max(self.running[row][0][0] - self.clock[row], 0.0)
                at = self.at + left / self.rate[row]
                if at < soonest:
                    soonest, self.soonest = at, row
        return soonest
