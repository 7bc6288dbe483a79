"""How many runs a median takes to be known well enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from airflow_tune.bench.statistics.spread import NORMAL_MAD, median_deviation
from airflow_tune.estimates import CONFIDENCE, Floats

GOAL_SHARE = 0.02
"""Half of the interval's width, as a share of the median, that a result is meant to have."""
LEAST = 5
"""Fewer runs say too little of their own spread."""
_MEDIAN_COST = math.pi / 2
"""A median's variance in those of a mean, of many normal values (M. G. Kendall and A. Stuart, The Advanced
Theory of Statistics, volume 1, 1977, 10.10)."""


def required_runs(values: Sequence[float] | Floats, goal_share: float = GOAL_SHARE) -> int:
    """Return how many runs in all bring the median's 95 % interval within ± `goal_share` of it.

    Judged by the spread of the `values` that are there; at least 5. Raises ValueError where their median
    is not above 0.
    """
    middle = float(np.median(np.asarray(values, dtype=float)))
    if not middle > 0:
        raise ValueError("shares are of something above 0")
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    spread = median_deviation(values) * NORMAL_MAD / middle
    return max(math.ceil(_MEDIAN_COST * (z * spread / goal_share) ** 2), LEAST)
