"""How a workload stands beside what was to be expected of it here: its par, or its own ideal."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from airflow_tune.bench.verdict.ideal import BATCHES, PROCESSES, largest_batch, share_lost
from airflow_tune.bench.verdict.par import PARS
from airflow_tune.bench.verdict.reference import reference_s
from airflow_tune.bench.verdict.yardstick import YARDSTICKS, Yardstick
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import VariantResult, WorkloadResult

TIME_OF_PAR = 2.0
"""What takes up to this many times its par, which is of the best round, is an A."""
LOST_SHARE = 0.1
"""Who loses up to this share of what more cores could gain has an A; so who gains nothing has a D."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`variant` takes `time_of_par` times what it may; `steps` is that in steps of the scale of grades.

    `par` says in words what it may take. `lost_share` is the part of the gain that more cores could bring
    which is lost, None where that is not the question.
    """

    variant: str
    time_of_par: float
    steps: float
    par: str
    lost_share: float | None = None


def standing(result: WorkloadResult, machine: Machine) -> Standing | str:
    """Return how `result` stands, or why that cannot be told."""
    if result.skipped:
        return result.skipped
    if not any(one.kept_s for one in result.variants):
        return "no round of it gave a value"
    if result.name == BATCHES:
        return _batches(result)
    if result.name == PROCESSES:
        return _processes(result, machine)
    return _beside_par(result)


def _batches(result: WorkloadResult) -> Standing | str:
    found = largest_batch(result)
    if found is None:
        return "batches of one size only were measured"
    variant, ratio = found
    return Standing(variant, ratio, ratio / TIME_OF_PAR, "an item of its best batch")


def _processes(result: WorkloadResult, machine: Machine) -> Standing | str:
    found = share_lost(result, machine)
    if machine.cores <= 1:
        return "no more than one core is granted: more processes have nothing to gain"
    if found is None:
        return "no round has both one process and more"
    variant, ratio, lost = found
    ideal = f"{machine.cores:g} × the work of one process"
    return Standing(variant, ratio, lost / LOST_SHARE, ideal, lost)


def _beside_par(result: WorkloadResult) -> Standing | str:
    yardstick, references = YARDSTICKS.get(result.name), PARS.get(result.name)
    if yardstick is None and references is None:
        return "there is no par for it"
    variant = _judged(result, yardstick)
    if variant is None:
        return f'"{yardstick.graded if yardstick else ""}" gave no value'
    each, seconds = reference_s(result), 0.0
    if references is not None and each is None:
        return "the host's reference was not measured beside it"
    if references is not None and each is not None:
        seconds += references * each
    if yardstick is not None:
        call = yardstick.call_s(variant)
        if call is None:
            return f"{yardstick.what} was not measured beside it"
        seconds += call / variant.scale
    ratio = unit_s(variant) / seconds
    return Standing(variant.name, ratio, ratio / TIME_OF_PAR, _words(references, yardstick))


def _judged(result: WorkloadResult, yardstick: Yardstick | None) -> VariantResult | None:
    measured = [one for one in result.variants if one.kept_s]
    if yardstick is not None and yardstick.graded:
        return next((one for one in measured if one.name == yardstick.graded), None)
    pick = max if yardstick is not None and yardstick.slowest else min
    return pick(measured, key=unit_s)


def unit_s(variant: VariantResult) -> float:
    """Return the median seconds of one unit."""
    return median(variant.kept_s) / variant.scale


def _words(references: float | None, yardstick: Yardstick | None) -> str:
    if references is None:
        return yardstick.words if yardstick is not None else ""
    own = f"{references:.3g} references"
    return f"{own} and, for each call, {yardstick.words}" if yardstick is not None else own
