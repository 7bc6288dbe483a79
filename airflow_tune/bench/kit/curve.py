"""What a curve over more and more at a time comes to, by the law of scalability fitted to it."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.suite.model import WorkloadResult


@dataclass(frozen=True, slots=True)
class Best:
    """The lowest number at a time that does nearly as much as any; `gain` is how many times the work of one.

    `most` is the highest number that was measured.
    """

    at: int
    gain: float
    most: int

    @property
    def beyond(self) -> str:
        """Return what is known of more at a time."""
        return "more were not tried" if self.at == self.most else f"{self.most} do no more"


def best_of(result: WorkloadResult) -> Best | None:
    """Return the best number at a time; None where too few were measured."""
    from airflow_tune.bench.models.curve import points  # noqa: PLC0415 - brings numpy
    from airflow_tune.bench.models.usl import fit_scaling  # noqa: PLC0415 - likewise

    curve = points(result)
    law = fit_scaling(curve) if curve else None
    return Best(law.enough, law.speedup, int(curve.at[-1])) if curve and law else None
