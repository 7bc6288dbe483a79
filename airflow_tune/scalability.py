"""The Universal Scalability Law: what more at a time costs each, and from where on all lose by it.

Gunther's law: with N beside one another, throughput is N / (1 + σ(N - 1) + κN(N - 1)) of one alone, so each
takes 1 + σ(N - 1) + κN(N - 1) times as long. σ is what they queue for one after another, κ what they cost
each other; with κ > 0 throughput falls beyond N* = √((1 - σ)/κ) (N. J. Gunther, Guerrilla Capacity
Planning, 2007, chapter 6).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from airflow_tune.estimates import Floats


def terms(n: Any) -> Floats:  # noqa: ANN401 - an array of any kind of number
    """Return a row of N - 1 and N(N - 1), which σ and κ are multiplied with, for each of `n`."""
    count = np.asarray(n, dtype=float)
    return np.column_stack([count - 1, count * (count - 1)])


def slowdown(n: Any, sigma: float, kappa: float) -> Floats:  # noqa: ANN401 - likewise
    """Return how many times as long each takes with `n` at a time; σ and κ below 0 count as 0."""
    found: Floats = 1 + terms(n) @ np.array([max(sigma, 0.0), max(kappa, 0.0)])
    return found


def best_concurrency(sigma: float, kappa: float) -> float:
    """Return N*, beyond which throughput falls; infinity where κ is not above 0."""
    return math.sqrt(max(1 - sigma, 0.0) / kappa) if kappa > 0 else math.inf
