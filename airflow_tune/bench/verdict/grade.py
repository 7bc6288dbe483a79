"""Grades A to D: how a workload does on this host, relative to what the host can do at all.

The familiar scale gives A below 1 s and 100 MB, B below 5 s and 500 MB, C below 10 s and 1000 MB, and D
otherwise: its steps, 1 to 5 to 10, are kept. But seconds say as much of the work as of the host, so that here
time is measured in the host's own reference and against what the same work takes elsewhere, and memory
against what the host has for each core.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from airflow_tune.bench.verdict.par import PARS
from airflow_tune.bench.verdict.reference import reference_s
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import VariantResult, WorkloadResult

STEPS = (("A", 1.0), ("B", 5.0), ("C", 10.0))
WORST = "D"
TIME_OF_PAR = 2.0
"""What takes up to this many times its par, which is of the best round, is an A."""
MEMORY_SHARE = 0.05
"""What takes up to this share of the memory for each core is an A; so twenty of it fit beside one another."""


@dataclass(frozen=True, slots=True)
class Grade:
    """`letter` is the worse of the two of time and memory, each None where it cannot be told.

    `time_of_par` is how many times its par the fastest variant takes, `memory_share` what share of the
    memory for each core its peak is. `variant` names it.
    """

    letter: str
    variant: str
    time_of_par: float | None
    memory_share: float | None


def grade(result: WorkloadResult, machine: Machine) -> Grade | None:
    """Return the grade of `result`, None where nothing was measured, or it has no par."""
    fastest = min((one for one in result.variants if one.kept_s), key=_unit_s, default=None)
    reference, par = reference_s(result), PARS.get(result.name)
    if fastest is None or not reference or not par:
        return None
    time = _unit_s(fastest) / reference / par
    peaks = [peak for peak in fastest.peaks_bytes if peak]
    memory = median(peaks) * machine.cores / machine.memory_bytes if peaks else None
    letters = [_letter(time / TIME_OF_PAR), *([_letter(memory / MEMORY_SHARE)] if memory is not None else [])]
    return Grade(max(letters), fastest.name, time, memory)


def _unit_s(variant: VariantResult) -> float:
    return median(variant.kept_s) / variant.scale


def _letter(steps: float) -> str:
    return next((letter for letter, below in STEPS if steps < below), WORST)
