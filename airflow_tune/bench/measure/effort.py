"""How much time a run may take, and how it is shared out."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.bench.workload import Length


@dataclass(frozen=True, slots=True)
class Budget:
    """What a length stands for.

    No round begins that would end after `total_s`; one that takes longer than it did before is ended at
    `hard_s`. A round of a variant takes samples of at least `sample_s` for `slice_s`; a workload gets
    `least_rounds` (as far as the time suffices) to `most_rounds`, with `until_known` no more than bring
    the median of each of its variants within 2 %.
    """

    total_s: float
    hard_s: float
    sample_s: float
    slice_s: float
    least_rounds: int
    most_rounds: int
    most_samples: int = 1000
    until_known: bool = False


# A sample is short beside the milliseconds that a kernel gives a process at a time, so that most of them are
# not interrupted and their median is the work's own time on a busy machine too; and long beside the 0.1 µs
# that reading the clock takes.
_SAMPLE_S = 0.0003
BUDGETS = {
    Length.QUICK: Budget(45.0, 52.0, _SAMPLE_S, 0.03, 3, 15),
    Length.DEFAULT: Budget(255.0, 280.0, _SAMPLE_S, 0.1, 5, 40),
    Length.RIGOROUS: Budget(1500.0, 1800.0, _SAMPLE_S, 0.25, 15, 100, until_known=True),
}
