"""From measured values to the words of an answer: costs by unit, and how two ways to do the work compare."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator

from airflow_tune.suite.model import VariantResult, WorkloadResult

_WHOLE = 10
_MATTERS = 1.05
"""Ratios nearer to 1 are not told apart: less is not worth changing code for."""

_SURE = 1.25
"""An interval this narrow says that two are alike."""


class Found:
    """The median seconds of one unit by the name of each variant of `result` that was measured."""

    def __init__(self, result: WorkloadResult) -> None:
        self._variants = {one.name: one for one in result.variants if one.kept_s}

    def __getitem__(self, name: str) -> float:
        variant = self._variants[name]
        return statistics.median(variant.kept_s) / variant.scale

    def __iter__(self) -> Iterator[str]:
        return iter(self._variants)

    def have(self, names: Iterable[str]) -> bool:
        """Return whether all of `names` were measured."""
        return all(name in self._variants for name in names)

    def more(self, name: str, other: str) -> float:
        """Return how many seconds more than `other` a unit takes, 0 where it takes none."""
        return max(self[name] - self[other], 0.0)

    def same(self, name: str, other: str) -> bool:
        """Return whether the two are not known to differ, or differ by less than 5 %.

        Known is what the interval of their ratio, paired by rounds, has on one side of 1.
        """
        middle, low, high = self._gain(name, other)
        return low <= 1 <= high or 1 / _MATTERS < middle < _MATTERS

    def faster(self, slow: str, fast: str) -> str:
        """Return how `fast` stands to `slow`: "41 × faster", "1.3 × slower" or "as fast".

        "0.7 to 2 × as fast" where the values say no more than that.
        """
        middle, low, high = self._gain(slow, fast)
        if 1 / _MATTERS < middle < _MATTERS and low > 1 / _SURE and high < _SURE:
            return "as fast"
        if low <= 1 <= high:
            return f"{low:.2g} to {times(high)} as fast"
        ratio = self[slow] / self[fast]
        return f"{times(ratio)} faster" if ratio > 1 else f"{times(1 / ratio)} slower"

    def than(self, slow: str, fast: str) -> str:
        """Return the same with the word that follows: "41 × faster than", "as fast as"."""
        words = self.faster(slow, fast)
        return f"{words} as" if words.endswith("as fast") else f"{words} than"

    def _gain(self, slow: str, fast: str) -> tuple[float, float, float]:
        """Return how many times as fast `fast` is, with the ends of the interval; (1, 0, inf) if unknown."""
        from airflow_tune.bench.models.model import pairs  # noqa: PLC0415 - brings numpy
        from airflow_tune.bench.statistics.effect import paired_effect  # noqa: PLC0415 - likewise

        new, old = pairs(self._variants[fast], self._variants[slow])
        if not old:
            return 1.0, 0.0, math.inf
        effect = paired_effect(new, old)
        return effect.ratio, effect.low, effect.high


def times(ratio: float) -> str:
    """Return a ratio as "41 ×", "1.3 ×" or "0.8 ×"."""
    return f"{ratio:,.0f} ×" if ratio >= _WHOLE else f"{ratio:.1f} ×"


def along(result: WorkloadResult) -> dict[int, str]:
    """Return the names of the measured variants by their whole number on the axis, in rising order."""
    found = {
        place: one.name
        for one in result.variants
        if one.kept_s and isinstance(place := one.parameters.get(result.axis), int)
    }
    return dict(sorted(found.items()))


def kept_figures(variant: VariantResult | None, name: str) -> list[float]:
    """Return the values of a figure that were measured, one for each round."""
    return [value for value in (variant.figures.get(name, ()) if variant else ()) if value is not None]
