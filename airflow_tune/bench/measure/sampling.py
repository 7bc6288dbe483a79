"""Samples of one function: how many calls each has, and the seconds of a call in each."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from airflow_tune.bench.measure.holdup import Turn, watching

CALM_SHARE = 0.01
"""A sample that waited for a CPU for less than this share of its time was not held up."""
_MOST_CALLS = 2**30
_EMPTY_LOOPS = 10_000
# A kernel gives another process some milliseconds at a time; calls this long are long by themselves.
_SURELY_LONG_S = 0.03
_AGAIN = 2


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to take samples: one lasts `sample_s` or more, all of them together `slice_s`.

    `calls` of a sample are found out where they are 0. Without `warm`, nothing is called beforehand.
    """

    sample_s: float
    slice_s: float
    most_samples: int
    calls: int = 0
    warm: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of one call, one for each sample, of `calls` calls each after `warmups` calls.

    `cpu_shares` are, for each sample, the share of its time that the thread had a CPU, `held_shares` that
    it was ready and had none.
    """

    values_s: tuple[float, ...]
    cpu_shares: tuple[float, ...]
    held_shares: tuple[float, ...]
    calls: int
    warmups: int

    def calm(self) -> Taken:
        """Return the samples that were hardly held up, or the quarter of all that was held up least.

        What else runs on the machine takes whole slices of some milliseconds from a sample or none: a median
        of both kinds jumps from one to the other as more of them are hit.
        """
        bound = max(sorted(self.held_shares)[(len(self.held_shares) - 1) // 4], CALM_SHARE)
        every = zip(self.values_s, self.cpu_shares, self.held_shares, strict=True)
        values, ran, held = zip(*(one for one in every if one[2] <= bound), strict=True)
        return Taken(values, ran, held, self.calls, self.warmups)


def take(call: Callable[[], object], before: Callable[[], object] | None, effort: Effort) -> Taken:
    """Return samples of `call`: of one call each where `before` has to run, untimed, ahead of it."""
    calls = 1 if before else effort.calls
    warmups = 0
    if effort.warm:
        _sample(call, before, 1)
        warmups = 1
    if not calls:
        calls, more = _calibrated(call, effort.sample_s)
        warmups += more
    elif calls > 1:
        _sample(call, None, calls)
        warmups += calls
    values: list[float] = []
    turns: list[Turn] = []
    spent = 0.0
    with watching() as watch:
        while not values or (spent < effort.slice_s and len(values) < effort.most_samples):
            before_it = watch()
            lasted = _sample(call, before, calls)
            turns.append(_share(before_it, watch(), lasted))
            spent += lasted
            values.append(lasted / calls)
    empty = _empty_s() if calls > 1 else 0.0
    return Taken(
        tuple(max(value - empty, 0.0) for value in values),
        tuple(one.ran_s for one in turns),
        tuple(one.held_s for one in turns),
        calls,
        warmups,
    )


def _share(begin: Turn, end: Turn, lasted: float) -> Turn:
    """Return both parts of a Turn as shares of the seconds that it `lasted`."""
    whole = lasted or 1.0
    return Turn((end.ran_s - begin.ran_s) / whole, (end.held_s - begin.held_s) / whole)


def _sample(call: Callable[[], object], before: Callable[[], object] | None, calls: int) -> float:
    """Return the seconds that `calls` calls take."""
    if before:
        before()
    begin = perf_counter()
    for _ in itertools.repeat(None, calls):
        call()
    return perf_counter() - begin


def _calibrated(call: Callable[[], object], sample_s: float) -> tuple[int, int]:
    """Return the calls that last `sample_s` or more, and how many were made to find out.

    Raised as `timeit.Timer.autorange` and pyperf do, but straight to the goal once a time can be told. A
    sample that was long enough is taken again: another process may have had the core meanwhile.
    """
    calls, made = 1, 0
    while True:
        lasted = _sample(call, None, calls)
        made += calls
        if sample_s <= lasted < _SURELY_LONG_S:
            lasted = min(lasted, *(_sample(call, None, calls) for _ in range(_AGAIN)))
            made += calls * _AGAIN
        if lasted >= sample_s or calls >= _MOST_CALLS:
            return calls, made
        wanted = int(calls * sample_s / lasted * 1.2) + 1 if lasted > sample_s / 100 else calls * 10
        calls = min(max(wanted, calls * 2), _MOST_CALLS)


def _empty_s() -> float:
    """Return what the loop itself costs for each turn, the least of some."""
    lasted = []
    for _ in range(5):
        begin = perf_counter()
        for _ in itertools.repeat(None, _EMPTY_LOOPS):
            pass
        lasted.append(perf_counter() - begin)
    return min(lasted) / _EMPTY_LOOPS
