"""Random numbers by place: the same seed and place give the same number in whatever order they are asked.

So two scenarios meet the same luck wherever they do the same thing, and what they differ by is the
setting. The mixing function is splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
Generators, 2014).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from airflow_tune.history.column import Floats

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_UNIT = 2.0**-53
PLACES = 1 << 40
"""How many places each kind of number has."""
START, TAIL, SLOW, BODY = range(4)


def uniform(seed: int, kind: int, place: int) -> float:
    """Return a number in [0, 1) for `place` among those of its `kind`."""
    mixed = ((seed * 4 + kind) * PLACES + place) * _GOLDEN + _GOLDEN & _MASK
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & _MASK
    return ((mixed ^ (mixed >> 31)) >> 11) * _UNIT


def uniforms(seed: int, kind: int, count: int) -> Floats:
    """Return `uniform` of the places from 0 to `count` - 1."""
    start = ((seed * 4 + kind) * PLACES * _GOLDEN + _GOLDEN) & _MASK
    with np.errstate(over="ignore"):
        mixed = np.arange(count, dtype=np.uint64) * np.uint64(_GOLDEN) + np.uint64(start)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * _UNIT


def quantile(table: Sequence[float], share: float) -> float:
    """Return the value at `share` of the quantiles in `table`, straight between two of them."""
    at = share * (len(table) - 1)
    low = int(at)
    if low + 1 >= len(table):
        return table[-1]
    return table[low] + (table[low + 1] - table[low]) * (at - low)
