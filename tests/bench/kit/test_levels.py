"""Levels go from one to twice the cores that are granted, three at least."""

from __future__ import annotations

import pytest

from airflow_tune.bench.kit.levels import levels, whole_cores


@pytest.mark.parametrize(
    ("cores", "expected"),
    [
        (0.5, (1, 2, 3)),
        (1, (1, 2, 3)),
        (1.5, (1, 2, 3, 4)),
        (2, (1, 2, 3, 4)),
        (3, (1, 2, 3, 4, 6)),
        (4, (1, 2, 4, 6, 8)),
        (6, (1, 2, 4, 6, 8, 9, 12)),
        (16, (1, 2, 4, 8, 16, 24, 32)),
    ],
)
def test_levels(cores, expected):
    assert levels(cores) == expected


@pytest.mark.parametrize(("cores", "expected"), [(0.5, (1, 2, 3)), (2, (1, 2, 4)), (16, (1, 16, 32))])
def test_few_levels(cores, expected):
    assert levels(cores, few=True) == expected


def test_part_of_a_core_keeps_one_worker_busy():
    assert [whole_cores(cores) for cores in (0.1, 1, 1.01, 8)] == [1, 1, 2, 8]
