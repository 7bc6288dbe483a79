"""Grades A to D: how a workload does on this host, relative to what the host can do at all.

The familiar scale gives A below 1 s and 100 MB, B below 5 s and 500 MB, C below 10 s and 1000 MB, and D
otherwise: its steps, 1 to 5 to 10, are kept. But seconds say as much of the work as of the host, so that here
time is measured against what was to be expected on this very host (bench.verdict.standing), and memory
against what the host has for each core.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from airflow_tune.bench.verdict.standing import standing
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import WorkloadResult

STEPS = (("A", 1.0), ("B", 5.0), ("C", 10.0))
WORST = "D"
MEMORY_SHARE = 0.05
"""What takes up to this share of the memory for each core is an A; so twenty of it fit beside one another."""


@dataclass(frozen=True, slots=True)
class Grade:
    """`letter` is the worse of the two of time and memory, which is None where it was not measured.

    `time_of_par` is how many times its par the judged variant takes, `memory_share` what share of the
    memory for each core its peak is. `variant` names it, `par` says what the par is made of. `lost_share` is
    the part of what more cores could gain that is lost, which decides in place of time; None elsewhere.
    """

    letter: str
    variant: str
    time_of_par: float
    memory_share: float | None
    par: str
    lost_share: float | None = None


def grade(result: WorkloadResult, machine: Machine) -> Grade | str:
    """Return the grade of `result`, or why there is none."""
    found = standing(result, machine)
    if isinstance(found, str):
        return found
    variant = result.variant(found.variant)
    peaks = [peak for peak in (variant.peaks_bytes if variant else ()) if peak]
    memory = median(peaks) * machine.cores / machine.memory_bytes if peaks else None
    letters = [_letter(found.steps), *([_letter(memory / MEMORY_SHARE)] if memory is not None else [])]
    return Grade(max(letters), found.variant, found.time_of_par, memory, found.par, found.lost_share)


def _letter(steps: float) -> str:
    return next((letter for letter, below in STEPS if steps < below), WORST)
