from __future__ import annotations

import pytest

from airflow_tune.deployment import Size, WorkerGroup
from airflow_tune.measured import Measured
from airflow_tune.origins import assumed

ORIGIN = assumed("a test")


def group(cores: float, memory: int, pod: tuple[float, int] | None) -> WorkerGroup:
    size = Size(Measured(pod[0], ORIGIN), Measured(pod[1], ORIGIN)) if pod else None
    return WorkerGroup("a", Measured(1, ORIGIN), Measured(cores, ORIGIN), Measured(memory, ORIGIN), pod=size)


@pytest.mark.parametrize(
    ("cores", "memory", "pod", "expected"),
    [
        (4, 100, (1, 10), 4),
        (40, 100, (1, 10), 10),
        (0.3, 100, (0.1, 10), 3),
        (7.9, 100, (2, 30), 3),
        (4, 100, None, None),
    ],
)
def test_as_many_pods_fit_as_the_scarcer_of_cores_and_memory_allows(cores, memory, pod, expected):
    assert group(cores, memory, pod).pods_per_worker == expected
