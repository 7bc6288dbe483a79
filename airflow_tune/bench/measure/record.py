"""What a workload's rounds gave so far, and the result that it comes to."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from airflow_tune.bench.measure.check import NO_ROUND, remarks_during
from airflow_tune.bench.measure.counters import joined
from airflow_tune.bench.statistics.runs import required_runs
from airflow_tune.bench.workload import Variant, Wishes, Workload
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Curve, VariantResult, WorkloadResult
from airflow_tune.suite.remark import Strain


@dataclass(slots=True)
class Record:
    """One workload while it is measured.

    `rounds` are those that all variants took part in, `elapsed_s` what they took, `answers` what each variant
    answered, in order of the rounds.
    """

    workload: Workload
    variants: list[Variant]
    skipped: str
    most_rounds: int
    rounds: int = 0
    elapsed_s: float = 0.0
    answers: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    strain: Strain = field(default_factory=Strain)

    @classmethod
    def of(cls, workload: Workload, wishes: Wishes, most_rounds: int) -> Record:
        """Return the record of a workload that was not measured yet."""
        skipped = workload.lacks(wishes)
        variants = [] if skipped else list(workload.variants(wishes))
        return cls(workload, variants, skipped, most_rounds, answers={one.name: [] for one in variants})

    @property
    def round_s(self) -> float:
        """Return the seconds that a round takes; 0 before the first."""
        return self.elapsed_s / self.rounds if self.rounds else 0.0

    @property
    def valued(self) -> bool:
        """Return whether there is any value yet."""
        return any("value_s" in one for found in self.answers.values() for one in found)

    @property
    def hopeless(self) -> bool:
        """Return whether the rounds so far gave no value at all, so that more of them would give none."""
        return self.rounds > 0 and not self.valued

    def calls(self, variant: Variant) -> int:
        """Return the calls of a sample that an earlier round settled on, 0 where there was none."""
        return next((one["calls"] for one in self.answers[variant.name] if "calls" in one), 0)

    def add_round(self, answers: Mapping[str, Mapping[str, Any]], strain: Strain) -> None:
        """Keep what the variants answered in one round, and how the machine was meanwhile."""
        for name, found in self.answers.items():
            found.append(answers.get(name, {"error": "the run ended before its turn"}))
        self.rounds += 1
        self.elapsed_s += strain.wall_s
        self.strain = joined(self.strain, strain)

    def settle(self, least: int, most: int) -> None:
        """Want no more rounds than bring every variant's median within 2 %, once there are `least`."""
        if self.rounds < least:
            return
        values = [[one["value_s"] for one in found if one.get("value_s")] for found in self.answers.values()]
        wanted = max((required_runs(one) for one in values if one), default=least)
        self.most_rounds = min(max(wanted, least), most)

    def result(self, machine: Machine) -> WorkloadResult:
        """Return what was found so far, and what the workload makes of it."""
        one = self.workload
        scales = one.curve is Curve.SCALING
        found = WorkloadResult(
            name=one.name,
            question=one.question,
            unit=one.unit,
            curve=one.curve,
            variants=tuple(_variant(each, self.answers[each.name]) for each in self.variants),
            axis=one.axis,
            reference=one.reference,
            skipped=self.skipped or ("" if self.rounds else NO_ROUND),
            elapsed_s=self.elapsed_s,
            remarks=tuple(each for each in remarks_during(self.strain, machine, scales=scales) if each.void),
        )
        return replace(found, answer=one.answer(found)) if self.valued else found


def _variant(variant: Variant, answers: list[Mapping[str, Any]]) -> VariantResult:
    good = [one for one in answers if "value_s" in one]
    bases = [one["base_bytes"] for one in good]
    first: Mapping[str, Any] = good[0] if good else {}
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
        cpu_shares=tuple(one.get("cpu_share") for one in answers),
        references_s=tuple(one.get("reference_s") for one in answers),
        notes=tuple(dict.fromkeys(one["error"] for one in answers if "error" in one)),
    )
