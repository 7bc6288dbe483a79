"""The law is found again in curves drawn from it, and its intervals hold what they were drawn with."""

from __future__ import annotations

import numpy as np
import pytest

from airflow_tune.bench.models.curve import Points
from airflow_tune.bench.models.usl import fit_scaling
from airflow_tune.scalability import best_concurrency, slowdown


def drawn(random, at, sigma, kappa, rounds=10, noise=0.03):
    """Return a curve of the law, each value 3 % off, each round disturbed as a whole."""
    n = np.array(at, dtype=float)
    drift = np.exp(np.cumsum(random.normal(0, 0.05, rounds)))[:, None]
    return Points(
        n, slowdown(n, sigma, kappa) / n * drift * np.exp(random.normal(0, noise, (rounds, len(n))))
    )


@pytest.mark.parametrize("at", [(1, 2, 3, 4), (1, 2, 4, 8, 16)], ids=["two-cores", "eight-cores"])
@pytest.mark.parametrize(("sigma", "kappa"), [(0.05, 0.02), (0.1, 0.002), (0.0, 0.0)])
def test_intervals_hold_the_truth_in_90_of_100(at, sigma, kappa):
    random = np.random.default_rng(1)
    fits = [fit_scaling(drawn(random, at, sigma, kappa)) for _ in range(200)]
    assert sum(one.contention.low <= sigma <= one.contention.high for one in fits) >= 180
    assert sum(one.coherency.low <= kappa <= one.coherency.high for one in fits) >= 180
    best = best_concurrency(sigma, kappa)
    bounds = [(one.best_concurrency.low, one.best_concurrency.high or np.inf) for one in fits]
    assert sum(low <= best <= high for low, high in bounds if low) >= 180


def test_without_noise_the_law_is_what_it_was():
    found = fit_scaling(drawn(np.random.default_rng(1), (1, 2, 4, 8, 16), 0.05, 0.01, noise=0))
    assert found.contention.estimate == pytest.approx(0.05)
    assert found.coherency.estimate == pytest.approx(0.01)
    assert found.best_concurrency.estimate == pytest.approx(best_concurrency(0.05, 0.01))
    assert found.error_share == pytest.approx(0, abs=1e-9)
    assert (found.fastest, found.enough) == (8, 8)
    assert found.speedup == pytest.approx(8 / slowdown([8], 0.05, 0.01)[0])


def test_more_processes_than_cores_gain_nothing_and_the_law_says_how_far_it_is_off():
    found = fit_scaling(Points(np.array([1.0, 2, 3, 4]), np.tile([1.0, 0.52, 0.52, 0.53], (5, 1))))
    assert found.enough == 2
    assert found.speedup == pytest.approx(1 / 0.52)
    assert 0.02 < found.error_share < 0.3


def test_throughput_that_does_not_fall_has_no_best():
    found = fit_scaling(Points(np.array([1.0, 2, 4]), np.tile([1.0, 0.5, 0.25], (5, 1))))
    assert found.coherency.estimate == pytest.approx(0, abs=1e-9)
    assert found.enough == 4


def test_one_round_has_no_intervals():
    found = fit_scaling(Points(np.array([1.0, 2, 4]), np.array([[1.0, 0.6, 0.5]])))
    assert found.contention.estimate is not None
    assert found.contention.low is None
    assert found.best_concurrency.high is None


def test_two_places_fit_no_law():
    assert fit_scaling(Points(np.array([1.0, 2]), np.array([[1.0, 0.6]] * 5))) is None
