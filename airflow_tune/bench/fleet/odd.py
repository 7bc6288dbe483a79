"""Which workers of a fleet are not like the others: slow, throttled by their quota, disturbed, or failed."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from airflow_tune.bench.measure.check import STEAL, THROTTLED, remarks_during
from airflow_tune.bench.statistics.spread import NORMAL_MAD, OUTLYING, median_deviation
from airflow_tune.suite.fleet import Oddity, SlotResult
from airflow_tune.suite.model import Suite

LEAST_RATIO = 1.15
"""Slower by less is not told, however alike the others are; judgement: hosts of one kind differ a little."""

Place = tuple[str, str]
"""A host and a queue: one worker."""


def speeds(slots: Sequence[SlotResult]) -> dict[Place, float]:
    """Return for each worker how many times as long as the fleet's median worker it takes.

    It is the median, over all variants that the worker and at least one other have, of its median seconds
    over the median of all workers' medians. A worker that shares nothing with the others has no ratio.
    """
    times: dict[tuple[str, str], dict[Place, list[float]]] = {}
    for slot in slots:
        for key, value in variants(slot.suite):
            times.setdefault(key, {}).setdefault((slot.host, slot.queue), []).append(value)
    ratios: dict[Place, list[float]] = {}
    for found in times.values():
        own = {place: statistics.median(values) for place, values in found.items()}
        middle = statistics.median(own.values())
        for place, value in own.items() if len(own) > 1 and middle > 0 else ():
            ratios.setdefault(place, []).append(value / middle)
    return {place: statistics.median(values) for place, values in ratios.items()}


def variants(suite: Suite | None) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield the median seconds of each variant of a suite, by workload and variant."""
    for workload in suite.workloads if suite is not None else ():
        for variant in workload.variants:
            if variant.kept_s:
                yield (workload.name, variant.name), statistics.median(variant.kept_s)


def odd(slots: Sequence[SlotResult]) -> tuple[Oddity, ...]:
    """Return the workers that stand out, the slowest first."""
    found = [*_slow(speeds(slots)), *_strained(slots), *_failed(slots)]
    return tuple(sorted(found, key=lambda one: (-(one.ratio or 0.0), one.queue, one.host, one.kind)))


def _slow(ratios: dict[Place, float]) -> Iterator[Oddity]:
    """Yield workers beyond a modified z-score of 3.5 and beyond LEAST_RATIO; two alone have no outlier."""
    spread = median_deviation(list(ratios.values())) * NORMAL_MAD if ratios else 0.0
    for (host, queue), ratio in ratios.items():
        # With most workers alike to the last digit any other is far; LEAST_RATIO alone decides then.
        if ratio >= LEAST_RATIO and ratio - 1 > OUTLYING * spread and len(ratios) > 2:  # noqa: PLR2004
            yield Oddity(
                host,
                queue,
                "slow",
                f"takes {ratio:.2f} times as long as the median worker",
                "look at its machine type, its neighbours and its cooling; queue less on it",
                ratio,
            )


def _strained(slots: Sequence[SlotResult]) -> Iterator[Oddity]:
    told: set[tuple[str, str, str]] = set()
    for slot in slots:
        for kind, message, advice in strains(slot.suite):
            if (slot.host, slot.queue, kind) not in told:
                told.add((slot.host, slot.queue, kind))
                yield Oddity(slot.host, slot.queue, kind, message, advice)


def strains(suite: Suite | None) -> Iterator[tuple[str, str, str]]:
    """Yield what disturbed a measurement from outside: kind, message and advice."""
    if suite is None:
        return
    for one in remarks_during(suite.strain, suite.machine):
        if one.name == THROTTLED:
            advice = f"raise its CPU limit, or let fewer tasks share its {suite.machine.cores:g} cores"
            yield "throttled", one.message, advice
        if one.name == STEAL and one.void:
            advice = "it has a noisy neighbour: move it, or take an instance type with cores of its own"
            yield "disturbed", one.message, advice


def _failed(slots: Sequence[SlotResult]) -> Iterator[Oddity]:
    for slot in slots:
        if slot.suite is None:
            message = f"slot {slot.slot}: {slot.trouble}"
            advice = "see the log of its task; airflow-tune has to be installed there"
            yield Oddity(slot.host or "unknown host", slot.queue, "failed", message, advice)
