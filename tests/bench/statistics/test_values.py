"""Median, spread, outliers and the runs that a median takes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from airflow_tune.bench.statistics.bootstrap import median_interval
from airflow_tune.bench.statistics.runs import required_runs
from airflow_tune.bench.statistics.spread import median_deviation, outliers


def test_the_median_and_its_interval_are_scipys():
    values = np.random.default_rng(2).lognormal(0, 0.1, 25)
    found = median_interval(values)
    expected = stats.bootstrap((values,), np.median, method="percentile", random_state=1).confidence_interval
    assert found.estimate == np.median(values)
    assert expected.low * 0.98 <= found.low <= expected.low * 1.01
    assert expected.high * 0.99 <= found.high <= expected.high * 1.02
    assert found == median_interval(values)
    assert found.half_width_share == pytest.approx((found.high - found.low) / 2 / found.estimate)


@pytest.mark.parametrize("size", [7, 15])
def test_the_interval_holds_the_median_as_often_as_it_says(size):
    random, held = np.random.default_rng(4), 0
    for _ in range(200):
        found = median_interval(random.lognormal(0, 0.1, size))
        held += found.low <= 1 <= found.high
    assert held >= 181


def test_one_value_has_no_interval_and_none_no_median():
    found = median_interval([3.0])
    assert found.estimate == 3.0
    assert found.low is None
    assert found.half_width_share is None
    with pytest.raises(ValueError, match="no median"):
        median_interval([])


def test_median_deviation_is_scipys():
    values = np.random.default_rng(2).normal(10, 1, 31)
    assert median_deviation(values) == pytest.approx(stats.median_abs_deviation(values))


def test_outliers_are_named_by_their_place():
    assert outliers([1.0, 1.1, 0.9, 5.0, 1.05, 0.95]).tolist() == [3]
    assert outliers([1.0, 1.1, 0.9]).tolist() == []


def test_where_most_are_equal_nothing_is_far():
    assert outliers([1.0, 1.0, 1.0, 1.2]).tolist() == []


def test_the_runs_asked_for_bring_the_interval_to_its_goal():
    random = np.random.default_rng(5)
    runs = required_runs(random.normal(1, 0.05, 400), goal_share=0.02)
    # (1.2533 · 1.96 · 0.05 / 0.02)² = 37.7
    assert 30 <= runs <= 46
    widths = [median_interval(random.normal(1, 0.05, runs)).half_width_share for _ in range(40)]
    assert np.mean(widths) == pytest.approx(0.02, rel=0.3)


def test_steady_values_take_five_runs_and_nothing_is_no_measure():
    assert required_runs([1.0, 1.0, 1.0]) == 5
    with pytest.raises(ValueError, match="above 0"):
        required_runs([0.0, 0.0])
