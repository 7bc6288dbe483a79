"""What the rules of thumb would have said of a curve, beside what was measured, and what following costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np

from airflow_tune.bench.models import thumb
from airflow_tune.bench.models.curve import Points
from airflow_tune.bench.statistics.effect import paired_effect
from airflow_tune.suite.machine import Machine
from airflow_tune.suite.model import Curve, WorkloadResult

WORTH_SPLITTING = 1.1
"""Work at a time pays where it is known to do more than this many times as much as one alone."""
_KINDS = {"io": "io_intensive", "http": "network_intensive", "db": "io_intensive"}
_CPU = "cpu_intensive"


@dataclass(frozen=True, slots=True)
class Contrast:
    """One rule: what it `said` here, what was `measured` to be best, and what the rule's choice loses by it.

    `loss_share` is how much more time a unit takes as the rule says, 0.4 for 40 % more; what lies between
    two measured places is drawn straight between them, and what lies beyond all is None. `why` holds the
    rule's arithmetic.
    """

    rule: str
    said: str
    measured: str
    loss_share: float | None
    why: str


def contrasts(result: WorkloadResult, found: Points, machine: Machine) -> tuple[Contrast, ...]:
    """Return what each rule that speaks of this kind of curve says."""
    if result.curve is Curve.BATCH:
        # The rule counts items, not the bytes of a buffer.
        return () if result.axis.endswith("_bytes") else (_batch(found, machine),)
    if result.curve is Curve.SCALING:
        return tuple(_scaling(result, found, machine))
    return ()


def _batch(found: Points, machine: Machine) -> Contrast:
    first_s = float(found.medians[0])
    said = thumb.optimal_batch_size(machine.memory_bytes, first_s)
    why = f"min({machine.memory_bytes:,} × 0.8 / 1024, 300 / {first_s:.2g}, 10,000)"
    return _contrast("optimal_batch_size", said, found, why)


def _scaling(result: WorkloadResult, found: Points, machine: Machine) -> Iterator[Contrast]:
    yield _splitting(result, found, machine)
    task = _peak(result)
    if task:
        said = thumb.calculate_parallelism(machine.cores, machine.memory_bytes, task)
        why = f"min({machine.cores:g} × 2, {machine.memory_bytes / task:,.0f} that fit into memory, 32)"
        yield _contrast("calculate_parallelism", said, found, why)
    kind = _KINDS.get(result.name.partition("-")[0], _CPU)
    said = thumb.optimal_pool_size(kind, 1.0, machine.cores)
    yield _contrast("optimal_pool_size", said, found, f"{kind} at full intensity × {machine.cores:g} cores")


def _contrast(rule: str, said: int, found: Points, why: str) -> Contrast:
    best = int(np.argmin(found.medians))
    loss = max(found.seconds_at(said) / float(found.medians[best]) - 1, 0.0)
    beyond = not found.at[0] <= said <= found.at[-1]
    return Contrast(rule, f"{said:,}", f"{found.at[best]:,.0f}", None if beyond else loss, why)


def _splitting(result: WorkloadResult, found: Points, machine: Machine) -> Contrast:
    """Judge should_parallelize; its complexity has no unit: taken are the seconds of the whole work."""
    units = result.variants[0].scale
    alone_s = units * float(found.medians[0])
    said = thumb.should_parallelize(units, alone_s, machine.cores)
    best = int(np.argmin(found.medians))
    pays = best > 0 and _known_gain(found, best) > WORTH_SPLITTING
    gain = float(found.medians[0] / found.medians[best])
    why = f"{units:,.0f} units > 1,000, {alone_s:.2g} s > 0.5, {machine.cores:g} cores > 2"
    # Not splitting what gains by it loses the gain; splitting what does not loses what more of them cost.
    wrong = gain - 1 if pays else float(found.medians[1:].min() / found.medians[0]) - 1
    loss = 0.0 if said == pays else max(wrong, 0.0)
    return Contrast("should_parallelize", _yes(said), _yes(pays), loss, why)


def _known_gain(found: Points, at: int) -> float:
    """Return how many times as fast the place is at least, by the interval's lower end."""
    return paired_effect(found.seconds[:, at].tolist(), found.seconds[:, 0].tolist()).low


def _peak(result: WorkloadResult) -> float:
    """Return the median peak memory of the variant with the least at a time, 0 where unknown."""
    at = min(result.variants, key=lambda one: float(one.parameters.get(result.axis) or np.inf))
    peaks = [peak for peak in at.peaks_bytes if peak]
    return median(peaks) if peaks else 0.0


def _yes(said: bool) -> str:  # noqa: FBT001 - what is said is the value
    return "yes" if said else "no"
