"""A result with all that is made of its values: models, grades, and the summary of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from airflow_tune.bench.models.model import Model, model, model_json
from airflow_tune.bench.verdict.grade import Grade, grade
from airflow_tune.bench.verdict.reference import reference_s
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Suite, WorkloadResult

STEADY_SHARE = 0.05
"""A median whose interval reaches farther than this to either side is called unsteady."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One workload's result with its model, and its grade or why there is none, in `ungraded`."""

    result: WorkloadResult
    model: Model
    grade: Grade | None
    ungraded: str = ""

    @property
    def unsteady(self) -> tuple[str, ...]:
        """Return the variants whose median is not known within 5 %."""
        shares = {name: one.median_s.half_width_share for name, one in self.model.summaries.items()}
        return tuple(name for name, share in shares.items() if share is None or share > STEADY_SHARE)

    @property
    def wanted_rounds(self) -> int:
        """Return the rounds that would bring every variant's median within 2 %, 0 where nothing is known."""
        return max((one.required_rounds or 0 for one in self.model.summaries.values()), default=0)


@dataclass(frozen=True, slots=True)
class Summary:
    """The suite in a few numbers; `grades` counts by letter, `grade` is the median one.

    `success_share` is that of rounds that were not lost, `unsteady` how many variants of `variants` have a
    median that is not known within 5 %. `reference_s` is the machine's speed at plain Python.
    """

    grade: str
    grades: dict[str, int]
    measured: int
    skipped: int
    variants: int
    unsteady: int
    success_share: float | None
    reference_s: float | None


def judge(suite: Suite) -> tuple[Judged, ...]:
    """Return each workload of `suite` with what is made of it."""
    return tuple(_judged(one, suite.machine) for one in suite.workloads)


def _judged(result: WorkloadResult, machine: Machine) -> Judged:
    found, made = grade(result, machine), model(result, machine)
    return Judged(result, made, None, found) if isinstance(found, str) else Judged(result, made, found)


def summarise(suite: Suite, judged: Sequence[Judged]) -> Summary:
    """Return `suite` in a few numbers."""
    letters = sorted(one.grade.letter for one in judged if one.grade)
    values = [v for one in suite.workloads for each in one.variants for v in each.values_s]
    measured = sum(bool(one.model.summaries) for one in judged)
    return Summary(
        grade=letters[len(letters) // 2] if letters else "",
        grades=dict(Counter(letters)),
        measured=measured,
        skipped=len(judged) - measured,
        variants=sum(len(one.model.summaries) for one in judged),
        unsteady=sum(len(one.unsteady) for one in judged),
        success_share=sum(value is not None for value in values) / len(values) if values else None,
        reference_s=reference_s(suite),
    )


def with_verdicts(suite: Suite) -> Suite:
    """Return `suite` with its models, grades and summary filled in, as the document holds them."""
    judged = judge(suite)
    workloads = tuple(
        replace(
            one.result,
            models={
                **model_json(one.model),
                "grade": asdict(one.grade) if one.grade else None,
                "ungraded": one.ungraded or None,
            },
            grade=one.grade.letter if one.grade else "",
        )
        for one in judged
    )
    return replace(suite, workloads=workloads, summary=asdict(summarise(suite, judged)))
