"""How fast memory grows: what a process has resident, and the slope of a series of such readings."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from pathlib import Path

_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SETTLING = 1 / 3
"""What a process takes in this first part of a series it takes once: caches fill, the heap finds its size."""


def resident_bytes() -> int:
    """Return what this process has resident now; where there is no /proc, by psutil."""
    try:
        return int(_STATM.read_bytes().split()[1]) * _PAGE
    except OSError:
        import psutil  # noqa: PLC0415 - not needed on Linux

        return int(psutil.Process().memory_info().rss)


def growth_bytes(seen: Sequence[int]) -> float:
    """Return the growth from one reading to the next, in bytes: the median slope of a series of them.

    The slopes are those between a reading and the one half of the series later (a Theil-Sen estimate on
    pairs of equal distance; P. K. Sen, Journal of the American Statistical Association 63, 1968), so that
    neither the steps in which memory comes nor one wild reading decide. 0 for fewer than two readings.
    """
    settled = seen[int(len(seen) * _SETTLING) :]
    half = len(settled) // 2
    if not half:
        return 0.0
    return statistics.median((settled[at + half] - settled[at]) / half for at in range(len(settled) - half))
