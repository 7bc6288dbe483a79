"""Ranks, and how their sums are distributed when chance alone decides: counted, not approximated."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from airflow_tune.estimates import Floats, Ints

_LEAST_VARIANCE = 1e-12
"""Where everything is tied every sum is the same."""


def double_ranks(values: Floats) -> Ints:
    """Return twice the rank of each value from 1 on, so that what is tied shares a whole number."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    found: Ints = (2 * last - count + 1)[place]
    return found


def signed_sums(weights: Ints) -> Floats:
    """Return the probability of each sum when every weight counts or not by the toss of a coin."""
    chance = np.zeros(int(weights.sum()) + 1)
    chance[0] = 1.0
    for weight in weights.tolist():
        chance[weight:] = (chance[weight:] + chance[: len(chance) - weight]) / 2
        chance[:weight] /= 2
    return chance


def chosen_sums(weights: Ints, chosen: int) -> Floats:
    """Return the probability of each sum of `chosen` weights drawn from all of them."""
    most = int(np.sort(weights)[-chosen:].sum())
    count = np.zeros((chosen + 1, most + 1))
    count[0, 0] = 1.0
    for weight in weights[weights <= most].tolist():
        count[1:, weight:] += count[:-1, : most + 1 - weight].copy()
    found: Floats = count[chosen] / count[chosen].sum()
    return found


def normal_sums(weights: Ints, most: int, mean: float, variance: float) -> Floats:
    """Return the probability of each sum from 0 to `most` of many weights, by the normal distribution.

    Sums move by twos where nothing is tied, and each takes what is nearest to it.
    """
    step = 1 if (weights % 2).any() else 2
    sums = np.arange(0, most + 1, step)
    normal = NormalDist(mean, max(variance, _LEAST_VARIANCE) ** 0.5)
    edges = np.array([normal.cdf(edge) for edge in (*(sums - step / 2), most + step / 2)])
    chance = np.zeros(most + 1)
    chance[sums] = np.diff(edges)
    return chance


def two_sided(chance: Floats, seen: int) -> float:
    """Return the probability of a sum at least as far out as `seen`, to either side."""
    return min(1.0, 2 * float(min(chance[: seen + 1].sum(), chance[seen:].sum())))


def cut(chance: Floats, confidence: float) -> tuple[int, float]:
    """Return how many of the ordered differences lie outside an interval on either side, and its confidence.

    `chance` is that of the statistic that counts differences below 0. The confidence is at least what was
    asked for, or what the widest interval has where the values are too few for that.
    """
    below = np.cumsum(chance)
    outside = int(np.searchsorted(below, (1 - confidence) / 2, side="right"))
    outside = max(outside, 1)
    return outside - 1, 1 - 2 * float(below[outside - 1])
