"""The Universal Scalability Law fitted to a scaling curve, with the intervals of what it says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.bench.models.curve import Points
from airflow_tune.bench.statistics.bootstrap import SEED, Interval
from airflow_tune.estimates import CONFIDENCE, Fit, Floats, least_squares, student_t
from airflow_tune.scalability import best_concurrency, slowdown, terms

LEAST_PLACES = 3
"""The law has three unknowns: σ, κ and the speed of one alone."""
ENOUGH = 0.95
"""A concurrency is enough where its throughput is this share of the best one's."""
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Scaling:
    """What the law says of one curve.

    `contention` is σ and `coherency` κ, with 95 % intervals from the differences between rounds (no bounds
    for a single round). `best_concurrency` is N*, without bound where throughput is not known to fall.
    `fastest` was measured to do most a second; `enough` is the lowest that does 95 % of that, and
    `speedup` how many times as much as one alone it does. `error_share` is the law's own error: the greatest
    distance between it and what was measured.
    """

    contention: Interval
    coherency: Interval
    best_concurrency: Interval
    fastest: int
    enough: int
    speedup: float
    error_share: float


def fit_scaling(found: Points) -> Scaling | None:
    """Return the law fitted to `found`, whose axis is how many work at a time; None for too few places.

    N times the seconds of a unit is what one at work takes for it, a(1 + σ(N - 1) + κN(N - 1)): linear in
    a, aσ and aκ. Errors are shares of the times, so each place counts by its share.
    """
    if len(found.at) < LEAST_PLACES:
        return None
    rounds = len(found.seconds)
    each = found.seconds * found.at
    weight = np.tile(1 / np.median(each, axis=0), rounds)
    matrix = np.column_stack([np.ones(len(found.at)), terms(found.at)])
    fit = least_squares(
        np.tile(matrix, (rounds, 1)) * weight[:, None],
        each.ravel() * weight,
        np.repeat(np.arange(rounds), len(found.at)),
        max(rounds, 2),
    )
    alone, *more = fit.coefficients.tolist()
    sigma, kappa = (one / alone for one in more)
    widths = _widths(fit, rounds)
    gain = found.gain()
    enough = int(np.argmax(gain >= ENOUGH * gain.max()))
    return Scaling(
        _around(sigma, widths[0]),
        _around(kappa, widths[1]),
        _best(fit, sigma, kappa, rounds),
        int(found.at[np.argmax(gain)]),
        int(found.at[enough]),
        float(gain[enough]),
        _error(found, sigma, kappa),
    )


def _error(found: Points, sigma: float, kappa: float) -> float:
    """Return how far the shape of the law is from that of the rounds, each brought to one speed."""
    seen, law = np.log(found.seconds), np.log(slowdown(found.at, sigma, kappa) / found.at)
    shape = np.median(seen - seen.mean(axis=1, keepdims=True), axis=0)
    return float(np.abs(np.expm1(shape - (law - law.mean()))).max())


def _around(estimate: float, width: float | None) -> Interval:
    return Interval(estimate, *((None, None) if width is None else (estimate - width, estimate + width)))


def _widths(fit: Fit, rounds: int) -> tuple[float | None, float | None]:
    """Return half the widths of the intervals of σ and κ, which are ratios of coefficients (delta method)."""
    if rounds < 2:  # noqa: PLR2004 - one value has no spread
        return None, None
    alone = fit.coefficients[0]
    slopes = np.array([[-one / alone, 1 - at, at] for at, one in enumerate(fit.coefficients[1:] / alone)])
    errors = np.sqrt(np.maximum(np.diag(slopes @ fit.grouped @ slopes.T), 0)) / alone
    sigma, kappa = (student_t(rounds - 1) * errors).tolist()
    return sigma, kappa


def _best(fit: Fit, sigma: float, kappa: float, rounds: int) -> Interval:
    """Return N* with the interval that the coefficients' own uncertainty gives it."""
    middle = _bounded(best_concurrency(sigma, kappa))
    if rounds < 2:  # noqa: PLR2004 - likewise
        return Interval(middle, None, None)
    random = np.random.default_rng(SEED)
    drawn = random.multivariate_normal(np.zeros(3), fit.grouped, DRAWS, check_valid="ignore")
    drawn *= np.sqrt((rounds - 1) / random.chisquare(rounds - 1, DRAWS))[:, None]
    alone, *more = (fit.coefficients + drawn).T
    best = _peaks(more[0] / alone, more[1] / alone)
    low, high = np.quantile(best, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], method="nearest")
    return Interval(middle, _bounded(float(low)), _bounded(float(high)))


def _peaks(sigma: Floats, kappa: Floats) -> Floats:
    return np.array([best_concurrency(*pair) for pair in zip(sigma.tolist(), kappa.tolist(), strict=True)])


def _bounded(value: float) -> float | None:
    return value if np.isfinite(value) else None
