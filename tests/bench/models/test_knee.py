"""Where larger batches stop to pay."""

from __future__ import annotations

import numpy as np
import pytest

from airflow_tune.bench.models.curve import Points
from airflow_tune.bench.models.knee import find_knee

SIZES = np.array([1.0, 10, 100, 1000, 5000, 10000])


def rounds(seconds, count=9, noise=0.0):
    random = np.random.default_rng(1)
    return np.array(seconds) * np.exp(random.normal(0, noise, (count, len(seconds))))


@pytest.mark.parametrize(
    ("cost", "knee"),
    [(10, 100), (100, 1000), (1000, 10_000)],
    ids=["cheap-batches", "dear-batches", "not-there-yet"],
)
def test_the_knee_moves_with_what_a_batch_costs(cost, knee):
    """Seconds of a row where a row costs 1 and a batch `cost`."""
    found = find_knee(Points(SIZES, rounds(1 + cost / SIZES)))
    assert found.size == knee
    assert found.gain == pytest.approx((1 + cost) / (1 + cost / knee))
    assert found.most_gain == pytest.approx((1 + cost) / (1 + cost / 10_000))
    assert (found.low, found.high) == (knee, knee)


def test_beyond_enough_nothing_is_gained():
    found = find_knee(Points(SIZES, rounds([1.0, 0.2, 0.05, 0.025, 0.024, 0.03], noise=0.01)))
    assert (found.size, found.enough, found.fastest) == (1000, 1000, 5000)
    assert found.gain == pytest.approx(40, rel=0.05)


def test_noise_widens_where_the_knee_may_be():
    found = find_knee(Points(SIZES, rounds(1 + 60 / SIZES, count=5, noise=0.3)))
    assert found.low < found.high
    assert found.low <= found.size <= found.high


@pytest.mark.parametrize("seconds", [[1.0] * 6, [1, 1.2, 2, 3, 4, 5]], ids=["flat", "larger-is-slower"])
def test_a_curve_that_gains_nothing_has_no_knee(seconds):
    found = find_knee(Points(SIZES, rounds(seconds)))
    assert (found.size, found.low, found.high, found.enough) == (None, None, None, 1)


def test_a_curve_that_still_rises_ends_at_its_best():
    found = find_knee(Points(np.array([1.0, 10, 100]), rounds([1, 0.99, 0.1])))
    assert (found.size, found.fastest) == (100, 100)
