from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.profiles import load_profile
from airflow_tune.profiles.model import Profile, Sourced, TaskClass

GIB = 2**30
SOMEWHERE = Origin(OriginKind.PROFILE, "mine.yaml", 1)


def sourced(value: float) -> Sourced:
    return Sourced(value, SOMEWHERE, "because")


def profile_of(*rows: tuple[float, float, float, float]) -> Profile:
    """Rows of share, memory, cores and seconds."""
    classes = tuple(
        TaskClass(f"c{n}", *map(sourced, (share, memory, cores, seconds, seconds * 2)))
        for n, (share, memory, cores, seconds) in enumerate(rows)
    )
    return load_profile("batch-etl")._replace(classes=classes)


def test_means_are_weighted_by_share() -> None:
    profile = profile_of((0.75, 1 * GIB, 1.0, 60), (0.25, 5 * GIB, 0.2, 60))
    assert profile.mean_cpu_share() == pytest.approx(0.8)
    assert profile.memory_per_task_bytes() == 2 * GIB


def test_planned_memory_is_the_mean_and_its_spread_over_the_slots() -> None:
    profile = profile_of((0.75, 1 * GIB, 1.0, 60), (0.25, 5 * GIB, 0.2, 60))
    stdev = math.sqrt(0.75 * 1 + 0.25 * 9) * GIB
    assert profile.memory_high_bytes(9) == pytest.approx(2 * GIB + 2.33 * stdev / 3, abs=1)
    assert profile.memory_high_bytes() == profile.memory_high_bytes(8)


def test_planned_memory_covers_99_of_100_mixes() -> None:
    profile = profile_of((0.7, 1 * GIB, 1.0, 60), (0.3, 3 * GIB, 0.2, 60))
    slots = 50
    room = profile.memory_high_bytes(slots) * slots
    fits = sum(
        math.comb(slots, large) * 0.3**large * 0.7 ** (slots - large)
        for large in range(slots + 1)
        if (slots - large) * GIB + large * 3 * GIB <= room
    )
    assert 0.985 <= fits <= 0.998


def test_one_slot_needs_no_more_than_the_largest_class_in_use() -> None:
    profile = profile_of((0.5, 1 * GIB, 1.0, 60), (0.5, 2 * GIB, 1.0, 60), (0.0, 64 * GIB, 1.0, 9e9))
    assert profile.memory_high_bytes(1) == 2 * GIB
    assert profile.longest_s() == 120


def test_duration_follows_littles_law() -> None:
    # Half of the slots hold tasks of 10 s, half of 90 s: of ten that start, nine are the short ones.
    assert profile_of((0.5, 0, 0, 10), (0.5, 0, 0, 90)).typical_duration_s() == pytest.approx(18)


rows = st.lists(st.tuples(st.floats(1, 2**40), st.floats(0, 8), st.floats(0.1, 1e6)), min_size=1, max_size=6)


@given(rows, st.integers(1, 500))
def test_planned_memory_lies_between_the_mean_and_the_largest(
    rows: list[tuple[float, float, float]], slots: int
) -> None:
    profile = profile_of(*((1 / len(rows), *row) for row in rows))
    largest = max(row[0] for row in rows)
    assert profile.memory_per_task_bytes() <= profile.memory_high_bytes(slots) + 1
    assert profile.memory_high_bytes(slots) <= math.ceil(largest)
    assert profile.memory_high_bytes(slots + 1) <= profile.memory_high_bytes(slots)


def test_a_profiles_number_serves_wherever_a_measured_one_does() -> None:
    number = sourced(3)
    assert isinstance(number, Measured)
    assert (number.value, number.source, str(number.origin)) == (3, "because", "mine.yaml:1")
