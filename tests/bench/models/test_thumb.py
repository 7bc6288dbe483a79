"""The rules of thumb, by the arithmetic they are known by."""

from __future__ import annotations

import pytest

from airflow_tune.bench.models import thumb


@pytest.mark.parametrize(
    ("memory_bytes", "unit_s", "expected"),
    [(2**30, 1e-6, 10_000), (2**20, 1e-6, 819), (2**30, 1.0, 300), (2**30, 1000.0, 1)],
    ids=["most", "memory", "time", "least"],
)
def test_optimal_batch_size(memory_bytes, unit_s, expected):
    assert thumb.optimal_batch_size(memory_bytes, unit_s) == expected


@pytest.mark.parametrize(
    ("units", "complexity", "cores", "expected"),
    [(2000, 1.0, 4, True), (1000, 1.0, 4, False), (2000, 0.5, 4, False), (2000, 1.0, 2, False)],
)
def test_should_parallelize(units, complexity, cores, expected):
    assert thumb.should_parallelize(units, complexity, cores) is expected


@pytest.mark.parametrize(
    ("cores", "memory_bytes", "task_bytes", "expected"),
    [(2, 2**34, 2**27, 4), (8, 2**30, 2**28, 4), (64, 2**40, 2**27, 32), (0.25, 2**34, 2**27, 1)],
    ids=["cores", "memory", "most", "least"],
)
def test_calculate_parallelism(cores, memory_bytes, task_bytes, expected):
    assert thumb.calculate_parallelism(cores, memory_bytes, task_bytes) == expected


@pytest.mark.parametrize(
    ("kind", "intensity", "capacity", "expected"),
    [
        ("cpu_intensive", 1.0, 2, 4),
        ("io_intensive", 0.5, 4, 8),
        ("network_intensive", 3.0, 1, 5),
        ("memory_intensive", 1.0, 0.5, 1),
        ("another", 1.0, 3, 6),
    ],
)
def test_optimal_pool_size(kind, intensity, capacity, expected):
    assert thumb.optimal_pool_size(kind, intensity, capacity) == expected
