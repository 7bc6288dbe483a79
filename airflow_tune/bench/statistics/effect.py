"""How much longer the new takes than the old: a ratio, its interval, and whether chance would do as much.

Ratios are differences of logarithms. Paired by rounds, what disturbs a round disturbs both and drops out:
F. Wilcoxon's signed ranks judge (Biometrics Bulletin 1, 1945); otherwise the rank test of H. B. Mann and
D. R. Whitney (Annals of Mathematical Statistics 18, 1947). The ratio is the estimate that belongs to the
test, the interval holds the ratios that the test does not refuse (J. L. Hodges and E. L. Lehmann, Annals of
Mathematical Statistics 34, 1963), so that all three agree, and a few wild values move none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from airflow_tune.bench.statistics.ranks import (
    chosen_sums,
    cut,
    double_ranks,
    normal_sums,
    signed_sums,
    two_sided,
)
from airflow_tune.estimates import CONFIDENCE, Floats, Ints

EXACT = 60
"""Of more values than this in all, sums of ranks are as good as normal."""


@dataclass(frozen=True, slots=True)
class Effect:
    """How many olds the new is: 1.10 is 10 % more.

    `confidence` is the interval's, 0..1; `p` the probability that chance alone does as much.
    """

    ratio: float
    low: float
    high: float
    confidence: float
    p: float
    paired: bool


def paired_effect(old: Sequence[float], new: Sequence[float]) -> Effect:
    """Return the effect where the values of one place were measured side by side.

    Raises ValueError where values are missing, not above 0, or not as many.
    """
    if len(old) != len(new):
        raise ValueError(f"{len(old)} and {len(new)} values are no pairs")
    change = _logs(new) - _logs(old)
    size = len(change)
    first, second = np.triu_indices(size)
    between = np.sort((change[first] + change[second]) / 2)
    chance = _coins(np.arange(2, 2 * size + 1, 2))[::2]
    return _effect(between, chance, _signed_p(change), paired=True)


def unpaired_effect(old: Sequence[float], new: Sequence[float]) -> Effect:
    """Return the effect of two sets of values that were measured apart.

    Raises ValueError where values are missing or not above 0.
    """
    before, after = _logs(old), _logs(new)
    between = np.sort(np.subtract.outer(after, before).ravel())
    count = len(before) + len(after)
    least = len(after) * (len(after) + 1)
    chance = _draws(np.arange(2, 2 * count + 1, 2), len(after))[least::2]
    return _effect(between, chance, _rank_sum_p(before, after), paired=False)


def _effect(between: Floats, chance: Floats, p: float, *, paired: bool) -> Effect:
    """Return the effect from the sorted differences and the distribution of how many are below 0."""
    outside, confidence = cut(chance, CONFIDENCE)
    ratio, low, high = np.exp([np.median(between), between[outside], between[-1 - outside]]).tolist()
    return Effect(ratio, low, high, confidence, p, paired)


def _logs(values: Sequence[float]) -> Floats:
    found = np.asarray(values, dtype=float)
    if not len(found) or not (found > 0).all():
        raise ValueError("ratios are of values above 0")
    logs: Floats = np.log(found)
    return logs


def _signed_p(change: Floats) -> float:
    """Return Wilcoxon's probability; pairs without a difference say nothing."""
    moved = change[change != 0]
    if not len(moved):
        return 1.0
    ranks = double_ranks(np.abs(moved))
    return two_sided(_coins(ranks), int(ranks[moved > 0].sum()))


def _rank_sum_p(before: Floats, after: Floats) -> float:
    ranks = double_ranks(np.concatenate([before, after]))
    return two_sided(_draws(ranks, len(after)), int(ranks[len(before) :].sum()))


def _coins(ranks: Ints) -> Floats:
    """Return the distribution of the sum of ranks with a positive sign."""
    if len(ranks) <= EXACT:
        return signed_sums(ranks)
    return normal_sums(ranks, int(ranks.sum()), ranks.sum() / 2, (ranks.astype(float) ** 2).sum() / 4)


def _draws(ranks: Ints, chosen: int) -> Floats:
    """Return the distribution of the sum of `chosen` ranks drawn from all."""
    if len(ranks) <= EXACT:
        return chosen_sums(ranks, chosen)
    size = len(ranks)
    variance = float(np.var(ranks)) * chosen * (size - chosen) / (size - 1)
    return normal_sums(ranks, int(np.sort(ranks)[-chosen:].sum()), float(ranks.mean()) * chosen, variance)
