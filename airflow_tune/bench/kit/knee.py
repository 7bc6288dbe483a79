"""The answer of a curve over growing batches: where it bends, and from where on nothing is gained."""

from __future__ import annotations

from airflow_tune.bench.kit.answer import along, faster, same
from airflow_tune.suite.model import WorkloadResult

_NEAR = 1.25


def knee_answer(result: WorkloadResult, batches: str, smallest: str) -> str:
    """Return where a curve over batches bends, and from where on nothing is gained.

    `batches` is what the axis counts ("rows a batch"), `smallest` what its first value is called ("row by
    row"). Empty where fewer than two values were measured.
    """
    curve = along(result)
    if len(curve) <= 1:
        return ""
    first, least = next(iter(curve)), min(curve.values())
    if same(curve[first], least):
        return f"Batches gain nothing here: {smallest} is as fast as any number of {batches}."
    knee = next(size for size, cost in curve.items() if cost <= least * _NEAR)
    flat = next(size for size, cost in curve.items() if cost <= least or same(cost, least))
    answer = f"{knee:,} {batches} is the knee: {faster(curve[first], curve[knee])} than {smallest}"
    worst = max(size for size in curve)
    if curve[worst] > least * _NEAR:
        return f"{answer}; {worst:,} are {faster(least, curve[worst])} than {flat:,}."
    return f"{answer}; beyond {flat:,} nothing is gained."
