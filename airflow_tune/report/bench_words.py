"""What every report of the bench says, in words: rows of figures, the law, rules of thumb, doubts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from airflow_tune.bench.verdict.grade import MEMORY_SHARE
from airflow_tune.units import format_bytes, format_duration, format_share, plural

if TYPE_CHECKING:
    from airflow_tune.bench.models.contrast import Contrast
    from airflow_tune.bench.models.usl import Scaling
    from airflow_tune.bench.statistics.bootstrap import Interval
    from airflow_tune.bench.statistics.effect import Effect
    from airflow_tune.bench.verdict.judge import Judged, Summary
    from airflow_tune.suite.model import Suite, VariantResult

_WHOLE = 10
_WIDEST = 0.5
"""A contention that is not known within half of what there can be says nothing."""
_FEW = 3
_MANY = 5
"""Of fewer values none is far from all others."""
_MOST_ROUNDS = 200
_LOST = 0.1
"""A rule that costs less than a tenth more time is called right."""


@dataclass(frozen=True, slots=True)
class Line:
    """One variant as people read it; `share` is its speed as a share of the fastest one's, 0 where lost."""

    name: str
    unit_time: str
    spread: str
    speed: str
    memory: str
    share: float
    unit_s: float


def facts(suite: Suite) -> list[str]:
    """Return what was measured on, how long, and when."""
    machine = suite.machine
    cores = plural_cores(machine.cores)
    return [
        machine.hostname,
        f"{cores}, {format_bytes(machine.memory_bytes)}",
        machine.python,
        f"{suite.options.get('length', 'default')} length, {format_duration(suite.elapsed_s)}",
        f"{suite.started_at.replace('T', ' ').removesuffix('Z')} UTC",
    ]


def plural_cores(cores: float) -> str:
    """Return "2 cores", "1 core" or "0.5 cores"."""
    return f"{cores:g} core" if cores == 1 else f"{cores:g} cores"


def summary_line(found: Summary) -> str:
    """Return the suite in one sentence."""
    grades = ", ".join(f"{count} {letter}" for letter, count in sorted(found.grades.items()))
    parts = [f"grade {found.grade} ({grades})"] if found.grade else []
    parts.append(plural(found.measured, "workload"))
    if found.skipped:
        parts.append(f"{found.skipped} skipped")
    if found.unsteady:
        parts.append(f"{found.unsteady} of {plural(found.variants, 'median')} not known within 5 %")
    if found.success_share is not None and found.success_share < 1:
        parts.append(f"{format_share(1 - found.success_share)} of rounds lost")
    return ", ".join(parts)


def lines(one: Judged) -> list[Line]:
    """Return the variants of a workload in their order, those without a value too."""
    units = {each.name: _unit_s(each) for each in one.result.variants if each.kept_s}
    least = min(units.values(), default=0.0)
    return [
        Line(
            name=each.name,
            unit_time=format_duration(units[each.name]) if each.name in units else "lost",
            spread=_spread(one, each.name),
            speed=_speed(one, each.name),
            memory=_memory(each),
            share=least / units[each.name] if units.get(each.name) else 0.0,
            unit_s=units.get(each.name, 0.0),
        )
        for each in one.result.variants
    ]


def law_line(found: Scaling | None) -> str:
    """Return what the law of scalability says, empty for no law."""
    if found is None:
        return ""
    sigma, best = found.contention, found.best_concurrency
    if sigma.low is None or sigma.high is None or sigma.high - sigma.low > 2 * _WIDEST:
        return "law of scalability: these rounds say too little to fit it"
    falls = "throughput is not known to fall"
    if best.estimate is not None:
        high = f"to {best.high:.0f}" if best.high is not None else "or more"
        falls = f"throughput falls beyond {best.estimate:.0f} ({best.low:.0f} {high})"
    return (
        f"law of scalability: {falls}; contention {_number(sigma)}, coherency {_number(found.coherency)}; "
        f"the law is off by up to {format_share(round(found.error_share, 3))}"
    )


def rule_line(one: Contrast) -> str:
    """Return what a rule of thumb would have said, and what following it costs here."""
    said = f"{one.rule} says {one.said}"
    if one.loss_share is None:
        return f"{said}, which is beyond what was measured (measured best: {one.measured})"
    if one.loss_share < _LOST:
        return f"{said}: about right here (measured: {one.measured})"
    return f"{said}, measured best is {one.measured}: the rule takes {times(1 + one.loss_share)} the time"


def grade_line(one: Judged) -> str:
    """Return what keeps a workload from an A, or why it has no grade; nothing for an A."""
    found = one.grade
    if found is None:
        return f"no grade: {one.ungraded}"
    if found.letter == "A":
        return ""
    if found.lost_share is not None:
        lost = format_share(round(found.lost_share, 2))
        time = f"{lost} of what more processes could gain is lost (ideal: {found.par})"
    else:
        time = f"{found.variant} takes {times(found.time_of_par)} its par ({found.par})"
    return f"grade {found.letter}: {time}{_memory_words(found.memory_share)}"


def _memory_words(share: float | None) -> str:
    """Return how much memory was taken, where that is more than an A may."""
    much = share is not None and share >= MEMORY_SHARE
    return f"; {format_share(share)} of the memory for each core" if share is not None and much else ""


def steadiness(one: Judged) -> str:
    """Return how many rounds would be enough where the medians are not known well, else nothing."""
    if not one.unsteady:
        return ""
    unsteady = f"{plural(len(one.unsteady), 'median')} unsteady after {plural(rounds(one), 'round')}"
    if rounds(one) < _FEW:
        few = "a single round says" if rounds(one) == 1 else "two rounds say"
        return f"{few} nothing of how steady the medians are: take more time"
    if one.wanted_rounds > _MOST_ROUNDS:
        return f"{unsteady}: no number of rounds makes up for it, quiet the machine"
    wanted = f"about {one.wanted_rounds} rounds" if one.wanted_rounds > rounds(one) else "more rounds"
    return f"{unsteady}: {wanted} would do"


def rounds(one: Judged) -> int:
    """Return how many rounds the variant with the most of them has."""
    return max((found.rounds for found in one.model.summaries.values()), default=0)


def outlying(one: Judged) -> str:
    """Return how many values lie far from the others, else nothing."""
    count = sum(len(found.outliers) for found in one.model.summaries.values() if found.rounds >= _MANY)
    return f"{plural(count, 'value')} far from all others (medians bear them)" if count else ""


def doubts(suite: Suite) -> Iterator[tuple[bool, str]]:
    """Yield (whether the numbers are void, what disturbs them), of the suite and its workloads."""
    for remark in suite.remarks:
        yield remark.void, f"{remark.message}{_advice(remark.advice)}"
    for one in suite.workloads:
        for remark in one.remarks:
            yield remark.void, f"{one.name}: {remark.message}{_advice(remark.advice)}"
    if not suite.complete:
        yield False, "the run was interrupted: this is what was found so far"


def skipped(suite: Suite) -> dict[str, list[str]]:
    """Return the names of workloads that were not measured, by the reason."""
    found: dict[str, list[str]] = {}
    for one in suite.workloads:
        if one.skipped:
            found.setdefault(one.skipped, []).append(one.name)
    return found


def notes(one: Judged) -> list[str]:
    """Return what happened to variants while they were measured, each once."""
    told = [f"{each.name}: {note}" for each in one.result.variants for note in each.notes]
    return list(dict.fromkeys(told))


def measured(judged: Sequence[Judged]) -> list[Judged]:
    """Return the workloads that were not skipped."""
    return [one for one in judged if not one.result.skipped]


def times(ratio: float) -> str:
    """Return a ratio as "41 ×", "1.3 ×" or "0.82 ×"."""
    if ratio >= _WHOLE:
        return f"{ratio:,.0f} ×"
    return f"{ratio:.1f} ×" if ratio >= 1 else f"{ratio:.2g} ×"


def spread_text(share: float | None) -> str:
    """Return half of an interval's width as "±3%"."""
    if share is None:
        return ""
    return f"±{share * 100:.0f}%" if share >= 0.01 else f"±{share * 100:.1f}%"  # noqa: PLR2004 - 1 %


def _advice(text: str) -> str:
    return f": {text}" if text else ""


def _unit_s(variant: VariantResult) -> float:
    return median(variant.kept_s) / variant.scale


def _spread(one: Judged, name: str) -> str:
    found = one.model.summaries.get(name)
    return spread_text(found.median_s.half_width_share) if found else ""


def _speed(one: Judged, name: str) -> str:
    """Return how fast a variant is beside the reference, with "?" where it may be neither way."""
    if name == one.result.reference:
        return "1 ×"
    found: Effect | None = one.model.effects.get(name)
    if found is None:
        return ""
    doubt = found.low <= 1 <= found.high or not found.confidence
    return times(1 / found.ratio) + (" ?" if doubt else "")


def _memory(variant: VariantResult) -> str:
    peaks = [peak for peak in variant.peaks_bytes if peak]
    return format_bytes(round(median(peaks) / 2**20, 1) * 2**20) if peaks else ""


def _number(found: Interval) -> str:
    if found.estimate is None or found.low is None or found.high is None:
        return "unknown"
    return f"{found.estimate:.2g} ({found.low:.2g} to {found.high:.2g})"
