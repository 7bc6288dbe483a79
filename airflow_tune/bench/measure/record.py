"""What a workload's rounds gave so far, and the result that it comes to."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from airflow_tune.bench.workload import Variant, Wishes, Workload
from airflow_tune.suite.model import VariantResult, WorkloadResult


@dataclass(slots=True)
class Record:
    """One workload while it is measured: its variants, and the answers to each in order of the rounds."""

    workload: Workload
    variants: list[Variant]
    skipped: str = ""
    answers: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    elapsed_s: float = 0.0

    @classmethod
    def of(cls, workload: Workload, wishes: Wishes) -> Record:
        """Return the record of a workload that was not measured yet."""
        skipped = workload.lacks(wishes)
        variants = [] if skipped else list(workload.variants(wishes))
        return cls(workload, variants, skipped, {one.name: [] for one in variants})

    def calls(self, variant: Variant) -> int:
        """Return the calls of a sample that an earlier round settled on, 0 where there was none."""
        return next((one["calls"] for one in self.answers[variant.name] if "calls" in one), 0)

    def add(self, variant: Variant, answer: Mapping[str, Any], elapsed_s: float) -> None:
        """Keep the answer of one round."""
        self.answers[variant.name].append(answer)
        self.elapsed_s += elapsed_s

    def result(self) -> WorkloadResult:
        """Return what was found so far; a round that not all variants came to is left out."""
        one = self.workload
        whole = min((len(found) for found in self.answers.values()), default=0)
        found = WorkloadResult(
            name=one.name,
            question=one.question,
            unit=one.unit,
            curve=one.curve,
            variants=tuple(_variant(each, self.answers[each.name][:whole]) for each in self.variants),
            axis=one.axis,
            reference=one.reference,
            skipped=self.skipped,
            elapsed_s=self.elapsed_s,
        )
        return found if self.skipped else replace(found, answer=one.answer(found))


def _variant(variant: Variant, answers: list[Mapping[str, Any]]) -> VariantResult:
    good = [one for one in answers if "value_s" in one]
    first: Mapping[str, Any] = good[0] if good else {}
    bases = [one["base_bytes"] for one in good]
    return VariantResult(
        name=variant.name,
        parameters=variant.parameters,
        values_s=tuple(one.get("value_s") for one in answers),
        scale=variant.scale,
        calls=first.get("calls", 1),
        samples=first.get("samples", 1),
        warmups=first.get("warmups", 0),
        peaks_bytes=tuple(one.get("peak_bytes") for one in answers),
        base_bytes=int(statistics.median(bases)) if bases else None,
        figures={
            name: tuple(one.get("figures", {}).get(name) for one in answers)
            for name in sorted({name for one in good for name in one["figures"]})
        },
        references_s=tuple(one.get("reference_s") for one in answers),
        notes=tuple(dict.fromkeys(one["error"] for one in answers if "error" in one)),
    )
