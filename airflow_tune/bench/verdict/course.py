"""How results went over time: steps, trends, and where the latest stands.

A step is found by A. N. Pettitt's test (Applied Statistics 28, 1979) and the parts to either side are
searched again; where there is none, a trend by M. G. Kendall's rank correlation with time (Econometrica 13,
1945, by H. B. Mann), its slope by H. Theil and P. K. Sen (JASA 63, 1968). Both go by ranks: one wild result
is neither a step nor a trend. Each course is judged on its own: one of a hundred that go
nowhere may seem to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from airflow_tune.bench.statistics.bootstrap import SEED
from airflow_tune.bench.statistics.ranks import double_ranks
from airflow_tune.bench.verdict.compare import LEAST_SHARE
from airflow_tune.estimates import Floats, Ints

SIGNIFICANT = 0.01
LEAST_RESULTS = 10
"""Of fewer results even the clearest step comes by chance in more than one of a hundred."""
_SHUFFLES = 20_000


@dataclass(frozen=True, slots=True)
class Step:
    """From result `at` on (counted from 0) the median is `ratio` times what it was before."""

    at: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Course:
    """One variant over the results of one host, oldest first.

    `values_s` are its medians in seconds of a unit, None where a result lacks it. `steps` are in order;
    `trend_share` is the change from one result to the next as a share, None where there is a step or none is
    known. `latest_ratio` is the latest value beside the median of those before it since the last step.
    """

    workload: str
    variant: str
    unit: str
    values_s: tuple[float | None, ...]
    steps: tuple[Step, ...] = ()
    trend_share: float | None = None
    latest_ratio: float | None = None


def judge_courses(courses: Sequence[Course]) -> tuple[Course, ...]:
    """Return `courses` with their steps, trends and where the latest stands."""
    return tuple(map(_judged, courses))


def _judged(one: Course) -> Course:
    places = [at for at, value in enumerate(one.values_s) if value]
    values = np.array([one.values_s[at] for at in places], dtype=float)
    cuts = _cuts(values, 0)
    edges = [0, *cuts, len(values)]
    medians = [float(np.median(values[a:b])) for a, b in pairwise(edges) if b > a]
    steps = tuple(
        Step(places[at], after / before)
        for at, before, after in zip(cuts, medians[:-1], medians[1:], strict=True)
    )
    recent = values[edges[-2] : -1]
    slope = _slope(values) if not steps and _kendall(values) < SIGNIFICANT else None
    return replace(
        one,
        steps=steps,
        trend_share=slope if slope is not None and abs(slope) * len(values) >= LEAST_SHARE else None,
        latest_ratio=float(values[-1] / np.median(recent)) if len(recent) else None,
    )


def _cuts(values: Floats, begin: int) -> list[int]:
    """Return where `values`, whose first one is at `begin`, step: found one by one, each side on its own."""
    at, p = _pettitt(values)
    if p >= SIGNIFICANT or not _matters(values[:at], values[at:]):
        return []
    return [*_cuts(values[:at], begin), begin + at, *_cuts(values[at:], begin + at)]


def _matters(before: Floats, after: Floats) -> bool:
    return abs(math.log(float(np.median(after)) / float(np.median(before)))) >= math.log1p(LEAST_SHARE)


def _pettitt(values: Floats) -> tuple[int, float]:
    """Return the likeliest place of a step, and the probability of so clear a one by chance."""
    size = len(values)
    if size < LEAST_RESULTS:
        return 0, 1.0
    sums = np.abs(_sums(double_ranks(values)))
    at = int(np.argmax(sums))
    chance = _by_chance(size)
    return at + 1, float((chance >= sums[at]).sum() + 1) / (len(chance) + 1)


def _sums(ranks: Ints) -> Ints:
    """Return how far the doubled ranks up to each place are from what they would be in any order."""
    found: Ints = np.cumsum(ranks - (ranks.shape[-1] + 1), axis=-1)[..., :-1]
    return found


@cache
def _by_chance(size: int) -> Ints:
    """Return the greatest distance in many orders of `size` values."""
    random = np.random.default_rng(SEED)
    orders = random.permuted(np.tile(2 * np.arange(1, size + 1), (_SHUFFLES, 1)), axis=1)
    found: Ints = np.abs(_sums(orders)).max(axis=1)
    return found


def _kendall(values: Floats) -> float:
    """Return the probability of so much order by chance, of values in the order of time."""
    size = len(values)
    if size < LEAST_RESULTS:
        return 1.0
    later, earlier = np.tril_indices(size, -1)
    score = float(np.sign(values[later] - values[earlier]).sum())
    error = math.sqrt(size * (size - 1) * (2 * size + 5) / 18)
    return 2 * NormalDist().cdf(-max(abs(score) - 1, 0) / error)


def _slope(values: Floats) -> float:
    """Return the median change from one value to the next, as a share."""
    later, earlier = np.tril_indices(len(values), -1)
    return float(np.expm1(np.median(np.log(values[later] / values[earlier]) / (later - earlier))))
