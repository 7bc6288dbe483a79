"""The reports of `simulate`: what was, what the model makes of it, and every scenario beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_tune.report.jsonable import Json
from airflow_tune.report.page import Page
from airflow_tune.units import format_duration, format_share, plural

if TYPE_CHECKING:
    from airflow_tune.simulate.calibrate import Calibration
    from airflow_tune.simulate.error import ModelError
    from airflow_tune.simulate.outcome import Outcome
    from airflow_tune.simulate.study import Result, Study

SCHEMA = "airflow-tune/simulate/1"
BAR = 24
MOST_STUCK = 10
MOST_LIMITS = 6


def _signed(share: float) -> str:
    return f"{share:+.0%}"


@dataclass(frozen=True, slots=True)
class Simulated:
    """A study and what it rests on; `risks` are those of the baseline and of each scenario."""

    study: Study
    calibration: Calibration
    notes: tuple[str, ...]
    risks: tuple[tuple[str, ...], ...]
    source: str

    def named(self) -> Iterator[tuple[str, Result, tuple[str, ...]]]:
        """Yield what a report calls each result, the result, and its risks."""
        baseline = "as set now" if self.study.observed is None else "replay"
        names = [baseline, *(one.scenario.name for one in self.study.scenarios)]
        yield from zip(names, self.study.results, self.risks, strict=True)


def simulation_text(found: Simulated, *, width: int, colour: bool) -> str:
    """Return the study for people."""
    page, study = Page(width=width, colour=colour), found.study
    page.line(opening(found), hang=2)
    too_large = study.error is not None and study.error.too_large
    page.line(error_line(study.error), style="bold red" if too_large else "", hang=2)
    _table(page, found)
    _chart(page, found)
    for name, result, _ in found.named():
        _stuck(page, name, result)
    _risks(page, found)
    _limits(page, found)
    page.heading("What the model rests on")
    for line in basis(found.calibration):
        page.line(line, indent=2, hang=2)
    for note in found.notes:
        page.line(f"note: {note}", indent=2, hang=2)
    return page.text()


def opening(found: Simulated) -> str:
    """Return what was played, in one sentence."""
    study, seeds = found.study, plural(found.study.baseline.seeds, "seed")
    if study.observed is None:
        return f"Played {found.source} ({study.baseline.outcome.finished} tries, {seeds})"
    return f"Replayed {found.source} ({study.observed.finished} tries, {seeds})"


def error_line(error: ModelError | None) -> str:
    """Return how far the model is off, in one sentence."""
    if error is None:
        return "Model error: unknown, as nothing has run yet that it could be compared with"
    return (
        f"Model error: makespan {_signed(error.makespan_share)}, mean wait {_signed(error.wait_mean_share)}, "
        f"p95 wait {_signed(error.wait_p95_share)}; {format_share(error.close_share)} of DAG runs within "
        "10 % or 3 s"
    )


def basis(calibration: Calibration) -> list[str]:
    """Return the fitted times, each with what it was fitted to."""
    found = []
    for fit in calibration.fits:
        how = f"{fit.observations} observations" if fit.observations else "as measured on Airflow 3.3"
        found.append(f"{fit.name} {fit.value:.3g} ({how})")
    return found


def figures(outcome: Outcome, half_width_s: float | None) -> tuple[str, ...]:
    """Return makespan, mean wait, p95, slots used and the limit that is waited for most, for people."""
    used = "?" if outcome.utilisation_share is None else format_share(outcome.utilisation_share)
    mean = format_duration(outcome.wait.mean)
    if half_width_s is not None:
        mean += f" ± {format_duration(half_width_s)}"
    limit = outcome.waits.by_limit[0].limit if outcome.waits.by_limit else "nothing"
    return (format_duration(outcome.makespan_s), mean, format_duration(outcome.wait.p95), used, limit)


def _row(name: str, outcome: Outcome, half_width_s: float | None) -> tuple[str, ...]:
    *shown, limit = figures(outcome, half_width_s)
    return (*shown, name, limit)


def _table(page: Page, found: Simulated) -> None:
    page.heading("Makespan and waits")
    rows = [_row("observed", found.study.observed, None)] if found.study.observed else []
    for name, result, _ in found.named():
        width = result.half_width.wait_mean_s if result.half_width else None
        rows.append(_row(name, result.outcome, width))
    page.table(rows, header=("makespan", "mean wait", "p95", "slots used", "scenario", "waits most for"))


def _chart(page: Page, found: Simulated) -> None:
    """Draw the mean waits as bars, where there are several to compare."""
    most = max(result.outcome.wait.mean for result in found.study.results)
    if not found.study.scenarios or most <= 0:
        return
    page.heading("Mean wait")
    for name, result, _ in found.named():
        bar = "█" * max(round(BAR * result.outcome.wait.mean / most), 1)
        page.line(f"{bar:<{BAR}} {format_duration(result.outcome.wait.mean)}  {name}", indent=2, hang=4)


def _stuck(page: Page, name: str, result: Result) -> None:
    if not result.stuck:
        return
    count = sum(one.task_instances for one in result.stuck)
    page.heading(f"{name}: {plural(count, 'task instance')} can never run")
    for one in result.stuck[:MOST_STUCK]:
        reason = one.reason or "it waits for those above"
        page.line(f"{one.task} ({one.task_instances}): {reason}", indent=2, hang=2, style="red")
    left = len(result.stuck) - MOST_STUCK
    if left > 0:
        page.line(f"and {plural(left, 'further task')}; --format json has them", indent=2)


def _risks(page: Page, found: Simulated) -> None:
    if any(found.risks):
        page.heading("Risks")
        for name, _, risks in found.named():
            for risk in risks:
                page.line(f"{name}: {risk}", style="red", indent=2, hang=2)


def _limits(page: Page, found: Simulated) -> None:
    *_, (name, shown, _) = found.named()
    limits = shown.outcome.waits.by_limit[:MOST_LIMITS]
    if limits:
        page.heading(f"Where the waiting goes ({name})")
        page.table([(format_duration(one.seconds), format_share(one.share), one.limit) for one in limits])


def simulation_json(found: Simulated) -> Json:
    """Return the study for machines; `observed` and `model_error` are null where nothing has run yet."""
    study, (of_baseline, *of_scenarios) = found.study, found.risks
    return {
        "schema": SCHEMA,
        "source": found.source,
        "observed": _outcome_json(study.observed) if study.observed else None,
        "baseline": _result_json(study.baseline, of_baseline),
        "scenarios": [
            _result_json(result, risks) for result, risks in zip(study.scenarios, of_scenarios, strict=True)
        ],
        "model_error": error_json(study.error),
        "calibration": [
            {"name": fit.name, "value": fit.value, "observations": fit.observations}
            for fit in found.calibration.fits
        ],
        "notes": list(found.notes),
    }


def error_json(error: ModelError | None) -> Json | None:
    """Return the model's error for machines, None where it is not known."""
    if error is None:
        return None
    return {name: getattr(error, name) for name in (*type(error).__slots__, "too_large")}


def _outcome_json(outcome: Outcome) -> Json:
    wait = outcome.wait
    return {
        "makespan_s": outcome.makespan_s,
        "wait_s": {name: getattr(wait, name) for name in type(wait).__slots__},
        "waits_by_limit": [
            {"limit": one.limit, "seconds": one.seconds, "share": one.share} for one in outcome.waits.by_limit
        ],
        "utilisation_share": outcome.utilisation_share,
        "tries_finished": outcome.finished,
        "peak_running": outcome.peak_running,
        "sharing": None
        if outcome.sharing is None
        else {name: getattr(outcome.sharing, name) for name in type(outcome.sharing).__slots__},
        "dag_runs": [{name: getattr(run, name) for name in type(run).__slots__} for run in outcome.dag_runs],
    }


def _result_json(result: Result, risks: Sequence[str]) -> Json:
    width = result.half_width
    return {
        "name": result.scenario.name,
        "changes": {change.name: change.value for change in result.scenario.changes},
        "seeds": result.seeds,
        **_outcome_json(result.outcome),
        "confidence_half_width": None
        if width is None
        else {name: getattr(width, name) for name in type(width).__slots__},
        "risks": list(risks),
        "never_run": [
            {"task": one.task, "task_instances": one.task_instances, "reason": one.reason or None}
            for one in result.stuck
        ],
    }
