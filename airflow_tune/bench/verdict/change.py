"""Whether one variant changed between two results: the values as they are, and beside the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

from airflow_tune.bench.statistics.effect import Effect, paired_effect, unpaired_effect
from airflow_tune.suite.model import VariantResult

SIGNIFICANT = 0.05
"""The chance of calling anything changed in a whole comparison of results that are the same."""


class Quantity(str, Enum):
    """What may have changed."""

    TIME = "time"
    MEMORY = "peak memory"


class Verdict(str, Enum):
    """What is known of a change."""

    SLOWER = "slower"
    FASTER = "faster"
    MORE = "more"
    LESS = "less"
    SAME = "same"
    """The whole interval lies within what counts as no change."""
    UNSURE = "unsure"
    """The interval reaches beyond it, and still it may all be chance."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Old and new of one variant: medians in seconds of a unit, or bytes, and the effect.

    `beside_reference` is the effect when both are taken relative to how fast each run's machine was at plain
    Python meanwhile; None where values pair, or nothing is known of that. `rounds` are those of old and new.
    """

    workload: str
    variant: str
    unit: str
    quantity: Quantity
    old: float
    new: float
    rounds: tuple[int, int]
    effect: Effect
    beside_reference: Effect | None = None

    @property
    def p(self) -> float:
        """Return the probability by chance: the greater one, where there are two effects."""
        return max(one.p for one in self._effects)

    @property
    def ratio(self) -> float:
        """Return the effect that is nearer to none; 1 where the two point to either side."""
        ratios = [one.ratio for one in self._effects]
        if min(ratios) < 1 < max(ratios):
            return 1.0
        return min(ratios, key=lambda ratio: abs(ratio - 1))

    def within(self, share: float) -> bool:
        """Return whether the effect as measured is known to be smaller than `share` to either side."""
        return 1 / (1 + share) < self.effect.low and self.effect.high < 1 + share

    @property
    def _effects(self) -> list[Effect]:
        return [self.effect, *([self.beside_reference] if self.beside_reference else [])]


@dataclass(frozen=True, slots=True)
class Change:
    """A difference with the probability that accounts for all the others, and what it amounts to."""

    difference: Difference
    p_adjusted: float
    verdict: Verdict


def verdict(found: Difference, p_adjusted: float, least_share: float) -> Verdict:
    """Return what `found` amounts to: a change is `least_share` or more, and hardly made by chance."""
    ratio = found.ratio
    if p_adjusted < SIGNIFICANT and not 1 / (1 + least_share) < ratio < 1 + least_share:
        if found.quantity is Quantity.TIME:
            return Verdict.SLOWER if ratio > 1 else Verdict.FASTER
        return Verdict.MORE if ratio > 1 else Verdict.LESS
    return Verdict.SAME if found.within(least_share) else Verdict.UNSURE


def time_difference(
    workload: str, unit: str, old: VariantResult, new: VariantResult, *, paired: bool, shift: float | None
) -> Difference | None:
    """Return the difference in time, None where either has no value above 0.

    `shift` is how many times as long the new run's machine took for the reference.
    """
    before, after = _units(old), _units(new)
    if paired:
        both = [pair for pair in zip(before, after, strict=False) if None not in pair]
        before, after = [one for one, _ in both], [one for _, one in both]
    first, second = _known(before), _known(after)
    if not first or not second:
        return None
    beside = None
    if paired:
        effect = paired_effect(first, second)
    else:
        effect = unpaired_effect(first, second)
        beside = unpaired_effect(first, [value / shift for value in second]) if shift else None
    return _difference(workload, old.name, unit, Quantity.TIME, first, second, effect, beside)


def memory_difference(workload: str, old: VariantResult, new: VariantResult) -> Difference | None:
    """Return the difference in peak memory, None where either has none."""
    first, second = _known(old.peaks_bytes), _known(new.peaks_bytes)
    if not first or not second:
        return None
    effect = unpaired_effect(first, second)
    return _difference(workload, old.name, "byte", Quantity.MEMORY, first, second, effect, None)


def _difference(  # noqa: PLR0917 - handed on as they are
    workload: str,
    variant: str,
    unit: str,
    quantity: Quantity,
    old: list[float],
    new: list[float],
    effect: Effect,
    beside: Effect | None,
) -> Difference:
    rounds = (len(old), len(new))
    return Difference(workload, variant, unit, quantity, median(old), median(new), rounds, effect, beside)


def _units(result: VariantResult) -> list[float | None]:
    return [value / result.scale if value else None for value in result.values_s]


def _known(values: Sequence[float | None]) -> list[float]:
    return [float(value) for value in values if value]
