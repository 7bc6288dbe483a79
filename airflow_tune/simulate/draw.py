"""Random numbers by place: the same seed and place give the same number in whatever order they are asked.

So two scenarios meet the same luck wherever they do the same thing, and what they differ by is the
setting. The mixing function is splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
Generators, 2014).
"""

from __future__ import annotations

from collections.abc import Sequence

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


def quantile(table: Sequence[float], share: float) -> float:
    """Return the value at `share` of the quantiles in `table`, straight between two of them."""
    at = share * (len(table) - 1)
    low = int(at)
    if low + 1 >= len(table):
        return table[-1]
    return table[low] + (table[low + 1] - table[low]) * (at - low)
