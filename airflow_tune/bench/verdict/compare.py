"""Two results compared: what became slower or faster, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from airflow_tune.bench.statistics.holm import holm
from airflow_tune.bench.verdict.change import (
    Change,
    Difference,
    Verdict,
    memory_difference,
    time_difference,
    verdict,
)
from airflow_tune.bench.verdict.reference import reference_s
from airflow_tune.suite.model import Suite, VariantResult, WorkloadResult

LEAST_SHARE = 0.05
"""Smaller changes are none: the layout of memory alone moves a program's time by some per cent from one
process to the next (T. Mytkowicz, A. Diwan, M. Hauswirth and P. Sweeney, Producing Wrong Data Without Doing
Anything Obviously Wrong!, ASPLOS 2009)."""

_OTHERS = "others"
_ON_CPU = 0.95


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes from one result to another, in the order of the newer one.

    `paired` says that both are of one run, so that their rounds pair. `shift` is how many times as long the
    newer run's machine took for the reference, None where unknown. `warnings` say what makes the comparison
    doubtful; `only_old` and `only_new` what only one of them has, as "workload: variant".
    """

    old: Suite
    new: Suite
    paired: bool
    shift: float | None
    least_share: float
    changes: tuple[Change, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    warnings: tuple[str, ...]

    def regressions(self, share: float) -> tuple[Change, ...]:
        """Return what became worse by `share` or more."""
        worse = (Verdict.SLOWER, Verdict.MORE)
        return tuple(
            one for one in self.changes if one.verdict in worse and one.difference.ratio >= 1 + share
        )


def compare(old: Suite, new: Suite, least_share: float = LEAST_SHARE) -> Comparison:
    """Return what changed from `old` to `new` by `least_share` or more, chance left aside."""
    paired = (old.started_at, old.machine.hostname) == (new.started_at, new.machine.hostname)
    shift = None if paired else _shift(old, new)
    found = list(_differences(old, new, paired=paired, shift=shift))
    adjusted = holm([one.p for one in found])
    void = set() if paired else {*_void(old), *_void(new)}
    names_old, names_new = _names(old), _names(new)
    return Comparison(
        old=old,
        new=new,
        paired=paired,
        shift=shift,
        least_share=least_share,
        changes=tuple(
            Change(
                one,
                p,
                Verdict.UNSURE if (one.workload, one.variant) in void else verdict(one, p, least_share),
            )
            for one, p in zip(found, adjusted, strict=True)
        ),
        only_old=tuple(name for name in names_old if name not in names_new),
        only_new=tuple(name for name in names_new if name not in names_old),
        warnings=tuple(_warnings(old, new)),
    )


def _differences(old: Suite, new: Suite, *, paired: bool, shift: float | None) -> Iterator[Difference]:
    for after in new.workloads:
        before = old.workload(after.name)
        if before is not None:
            yield from _of_workload(before, after, paired=paired, shift=shift)


def _of_workload(
    before: WorkloadResult, after: WorkloadResult, *, paired: bool, shift: float | None
) -> Iterator[Difference]:
    for one in after.variants:
        other = before.variant(one.name)
        if other is None or other.parameters != one.parameters:
            continue
        found = (
            time_difference(after.name, after.unit, other, one, paired=paired, shift=shift),
            memory_difference(after.name, other, one),
        )
        yield from (difference for difference in found if difference)


def _shift(old: Suite, new: Suite) -> float | None:
    before, after = reference_s(old), reference_s(new)
    return after / before if before and after else None


def _void(suite: Suite) -> Iterator[tuple[str, str]]:
    """Yield the workloads and variants whose values are not worth having.

    Others' work does not disturb values whose process had a CPU all the time.
    """
    for work in suite.workloads:
        causes = {remark.name for remark in (*suite.remarks, *work.remarks) if remark.void}
        for one in work.variants if causes else ():
            if causes != {_OTHERS} or not _undisturbed(one):
                yield work.name, one.name


def _undisturbed(variant: VariantResult) -> bool:
    known = [share for share in variant.cpu_shares if share is not None]
    return bool(known) and median(known) >= _ON_CPU


def _names(suite: Suite) -> list[str]:
    return [f"{one.name}: {each.name}" for one in suite.workloads for each in one.variants if each.kept_s]


def _warnings(old: Suite, new: Suite) -> Iterator[str]:
    differs = old.machine.differs_from(new.machine)
    if differs:
        yield f"not the same host or Python ({'; '.join(differs)}): a difference may be theirs"
    if old.tool_version != new.tool_version:
        yield f"measured by airflow-tune {old.tool_version} and {new.tool_version}: workloads may differ"
    for name, suite in (("old", old), ("new", new)):
        if not suite.complete:
            yield f"the {name} result was interrupted: it has fewer rounds"
        for remark in suite.remarks:
            if remark.void:
                yield f"the {name} result was disturbed, and what was is not called changed: {remark.message}"
