"""A fixed piece of plain Python: how fast this machine is now, beside which all else is judged."""

from __future__ import annotations

import statistics
from time import perf_counter

_STEPS = 2_000
_SAMPLES = 7


def reference_s() -> float:
    """Return the seconds that the reference takes: about a quarter of a millisecond on a core of 2020.

    It is the median of seven, so that an interrupt does not count.
    """
    return statistics.median(_taken() for _ in range(_SAMPLES))


def _taken() -> float:
    begin = perf_counter()
    _work()
    return perf_counter() - begin


def _work() -> int:
    """Do some arithmetic, calls, and what dicts and strings do: changing it changes all grades."""
    seen: dict[str, int] = {}
    total = 0
    for number in range(_STEPS):
        total += number * number % 7
        key = "abcdefgh"[number % 8]
        seen[key] = seen.get(key, 0) + abs(total - number)
    return total + len(seen)
