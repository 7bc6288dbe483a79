"""The reference is a piece of work that never changes."""

from __future__ import annotations

from airflow_tune.bench.measure import reference


def test_it_does_the_same_each_time_and_takes_time():
    assert reference._work() == reference._work() == 4007
    assert 0 < reference.reference_s() < 1
