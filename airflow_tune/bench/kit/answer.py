"""From measured values to the words of an answer: costs by unit, ratios, and what a curve comes to."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping

from airflow_tune.suite.model import VariantResult, WorkloadResult

_WHOLE = 10
_SAME = 0.05
"""Ratios this near to 1 are called the same: less is not worth changing code for."""


def cost_s(variant: VariantResult | None) -> float | None:
    """Return the median seconds of one unit; None where nothing was measured."""
    if variant is None or not variant.kept_s:
        return None
    return statistics.median(variant.kept_s) / variant.scale


def costs(result: WorkloadResult) -> dict[str, float]:
    """Return the median seconds of one unit by the variant's name, of those that were measured."""
    found = {variant.name: cost_s(variant) for variant in result.variants}
    return {name: cost for name, cost in found.items() if cost}


def along(result: WorkloadResult) -> dict[int, float]:
    """Return the median seconds of one unit by the value on the workload's axis, in rising order."""
    found: dict[int, float] = {}
    for variant in result.variants:
        place, cost = variant.parameters.get(result.axis), cost_s(variant)
        if isinstance(place, int) and cost:
            found[place] = cost
    return dict(sorted(found.items()))


def have(costs: Mapping[str, float], names: Iterable[str]) -> bool:
    """Return whether all of `names` were measured."""
    return all(name in costs for name in names)


def times(ratio: float) -> str:
    """Return a ratio as "41 ×" or "1.3 ×"."""
    return f"{ratio:,.0f} ×" if ratio >= _WHOLE else f"{ratio:.2g} ×" if ratio < 1 else f"{ratio:.1f} ×"


def faster(slow_s: float, fast_s: float) -> str:
    """Return how one cost stands to another: "41 × faster", "as fast" or "1.3 × slower"."""
    ratio = slow_s / fast_s
    if same(slow_s, fast_s):
        return "as fast"
    return f"{times(ratio)} faster" if ratio > 1 else f"{times(1 / ratio)} slower"


def same(one: float, other: float) -> bool:
    """Return whether two costs are too near to each other to matter."""
    return abs(one / other - 1) < _SAME


def kept_figures(variant: VariantResult | None, name: str) -> list[float]:
    """Return the values of a figure that were measured, one for each round."""
    return [value for value in (variant.figures.get(name, ()) if variant else ()) if value is not None]
