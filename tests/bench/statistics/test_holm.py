"""Holm's correction by the book."""

from __future__ import annotations

import numpy as np
import pytest

from airflow_tune.bench.statistics.holm import holm


def test_the_smallest_counts_most_and_the_order_stays():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_no_probability_is_above_one_and_none_of_none():
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([]) == ()


def test_by_chance_few_comparisons_find_anything():
    """Of whole comparisons of 50 things that do not differ, at most 5 % call any of them different."""
    random = np.random.default_rng(1)
    wrong = sum(min(holm(random.uniform(size=50))) < 0.05 for _ in range(1000))
    assert wrong <= 70
