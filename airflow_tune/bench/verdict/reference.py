"""How fast the machine was at plain Python while it was measured: what grades and comparisons go by."""

from __future__ import annotations

from statistics import median

from airflow_tune.suite.model import Suite, WorkloadResult


def reference_s(result: Suite | WorkloadResult) -> float | None:
    """Return the median seconds of the reference in all rounds of `result`, None where not measured."""
    workloads = result.workloads if isinstance(result, Suite) else (result,)
    found = [
        value for one in workloads for variant in one.variants for value in variant.references_s if value
    ]
    return median(found) if found else None
