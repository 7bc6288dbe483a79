"""All that is worked out from one workload's values, and that as JSON for the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from airflow_tune.bench.models.contrast import Contrast, contrasts
from airflow_tune.bench.models.curve import points
from airflow_tune.bench.models.knee import Knee, find_knee
from airflow_tune.bench.models.usl import Scaling, fit_scaling
from airflow_tune.bench.statistics.effect import Effect, paired_effect
from airflow_tune.bench.statistics.summary import Summary, summarise
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Curve, VariantResult, WorkloadResult


@dataclass(frozen=True, slots=True)
class Model:
    """What one workload's values come to.

    `summaries` are of each variant's seconds a call; `effects` how many of the reference's seconds a unit
    each other variant takes. Both by the variant's name.
    """

    summaries: Mapping[str, Summary]
    effects: Mapping[str, Effect]
    scaling: Scaling | None
    knee: Knee | None
    contrasts: tuple[Contrast, ...]


def model(result: WorkloadResult, machine: Machine) -> Model:
    """Return what the values of `result`, measured on `machine`, come to."""
    found = points(result) if result.curve is not Curve.ALTERNATIVES else None
    return Model(
        {one.name: summarise(one.kept_s) for one in result.variants if one.kept_s},
        _effects(result),
        fit_scaling(found) if found and result.curve is Curve.SCALING else None,
        find_knee(found) if found and result.curve is Curve.BATCH else None,
        contrasts(result, found, machine) if found else (),
    )


def model_json(found: Model) -> dict[str, Any]:
    """Return `found` as JSON values."""
    return {
        "variants": {
            name: {**asdict(one), "outliers": list(one.outliers)} for name, one in found.summaries.items()
        },
        "effects": {name: asdict(one) for name, one in found.effects.items()},
        "scaling": asdict(found.scaling) if found.scaling else None,
        "knee": asdict(found.knee) if found.knee else None,
        "rules_of_thumb": [asdict(one) for one in found.contrasts],
    }


def pairs(old: VariantResult, new: VariantResult) -> tuple[list[float], list[float]]:
    """Return the seconds of a unit of the rounds that neither lost, for each."""
    both = [
        (before / old.scale, after / new.scale)
        for before, after in zip(old.values_s, new.values_s, strict=False)
        if before and after
    ]
    return [before for before, _ in both], [after for _, after in both]


def _effects(result: WorkloadResult) -> dict[str, Effect]:
    reference = result.variant(result.reference)
    found = {}
    for one in result.variants if reference else ():
        old, new = pairs(reference, one) if reference and one is not reference else ([], [])
        if old:
            found[one.name] = paired_effect(old, new)
    return found
