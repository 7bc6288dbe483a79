"""Gunther's law on paper."""

from __future__ import annotations

import math

import pytest

from airflow_tune.scalability import best_concurrency, slowdown


def test_each_takes_longer_the_more_there_are():
    assert slowdown([1, 2, 5], 0.1, 0.01) == pytest.approx([1, 1.12, 1.6])


def test_what_noise_drew_below_nought_is_nought():
    assert slowdown([1, 8], -0.2, -0.1) == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("sigma", "kappa", "expected"),
    [(0.0, 0.01, 10.0), (0.19, 0.01, 9.0), (0.1, 0.0, math.inf), (0.1, -0.1, math.inf), (1.5, 0.01, 0.0)],
)
def test_throughput_falls_beyond(sigma, kappa, expected):
    assert best_concurrency(sigma, kappa) == pytest.approx(expected)
