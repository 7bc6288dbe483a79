"""How far a share that was counted can be trusted."""

from __future__ import annotations

import math

Z_95 = 1.96


def wilson(good: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of which `good` of `count` were seen; (0, 1) where none was.

    E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927): it
    stays within 0..1 and holds for few counts, where the normal approximation does not.
    """
    if not count:
        return 0.0, 1.0
    share, square = good / count, Z_95 * Z_95
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z_95 / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(middle - half, 0.0), min(middle + half, 1.0)
