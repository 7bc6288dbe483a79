"""The slope of memory: found in steps and beside wild readings, and not found where there is none."""

from __future__ import annotations

import pytest

from airflow_tune.bench.kit.growth import growth_bytes, resident_bytes

MIB = 2**20


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([100 * MIB + 3000 * n for n in range(60)], 3000),
        # Settling in the first third is no growth.
        ([*range(0, 20 * MIB, MIB), *[20 * MIB] * 40], 0),
        # Memory comes in steps of ten batches.
        ([30_000 * (n // 10) for n in range(90)], 3000),
        ([50 * MIB] * 30 + [900 * MIB] + [50 * MIB] * 30, 0),
        ([5], 0),
        ([], 0),
    ],
)
def test_the_slope_is_that_of_the_settled_part(seen, expected):
    assert growth_bytes(seen) == pytest.approx(expected, rel=0.05)


def test_what_is_resident_grows_with_what_is_kept():
    before = resident_bytes()
    kept = bytearray(b"x" * 50 * MIB)
    assert resident_bytes() - before > 40 * MIB
    assert kept
