"""How many at a time: the levels of concurrency that a curve is measured at."""

from __future__ import annotations

import math

_FEW = 4


def whole_cores(cores: float) -> int:
    """Return how many workers the granted cores keep busy, at least one; part of a core counts as one."""
    return max(1, math.ceil(cores))


def levels(cores: float, *, few: bool = False) -> tuple[int, ...]:
    """Return levels from 1 to twice the cores, three at least.

    With up to two cores it is every level, with more the powers of two, the cores, and half as many again;
    with `few`, it is one, the cores and twice the cores wherever these are three.
    """
    count = whole_cores(cores)
    most = 2 * count
    if few and count > 1:
        return 1, count, most
    if most <= _FEW:
        return tuple(range(1, max(most, 3) + 1))
    wanted = {2**power for power in range(most.bit_length())} | {count, count + count // 2, most}
    return tuple(sorted(level for level in wanted if level <= most))
