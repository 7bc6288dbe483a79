"""The reports of `simulate`: what was, what the model makes of it, and every scenario beside them."""

from __future__ import annotations

from collections.abc import Sequence
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


def scenario_name(result: Result) -> str:
    """Return what a report calls `result`."""
    return "replay" if not result.scenario.changes else result.scenario.name


def simulation_text(
    study: Study,
    calibration: Calibration,
    notes: Sequence[str],
    risks: Sequence[Sequence[str]],
    source: str,
    *,
    width: int,
    colour: bool,
) -> str:
    """Return the study for people; `risks` are those of the replay and of each scenario."""
    page = Page(width=width, colour=colour)
    seeds = plural(study.baseline.seeds, "seed")
    page.line(f"Replayed {source} ({study.observed.finished} tries, {seeds})", hang=2)
    page.line(error_line(study.error), style="bold red" if study.error.too_large else "", hang=2)
    _table(page, study)
    _chart(page, study)
    for result in (study.baseline, *study.scenarios):
        _stuck(page, result)
    _risks(page, study, risks)
    _limits(page, study)
    page.heading("What the model rests on")
    for line in basis(calibration):
        page.line(line, indent=2, hang=2)
    for note in notes:
        page.line(f"note: {note}", indent=2, hang=2)
    return page.text()


def error_line(error: ModelError) -> str:
    """Return how far the model is off, in one sentence."""
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


def _table(page: Page, study: Study) -> None:
    page.heading("Makespan and waits")
    rows = [_row("observed", study.observed, None)]
    for result in (study.baseline, *study.scenarios):
        width = result.half_width.wait_mean_s if result.half_width else None
        rows.append(_row(scenario_name(result), result.outcome, width))
    page.table(rows, header=("makespan", "mean wait", "p95", "slots used", "scenario", "waits most for"))


def _chart(page: Page, study: Study) -> None:
    """Draw the mean waits as bars, where there are several to compare."""
    results = (study.baseline, *study.scenarios)
    most = max(result.outcome.wait.mean for result in results)
    if not study.scenarios or most <= 0:
        return
    page.heading("Mean wait")
    for result in results:
        bar = "█" * max(round(BAR * result.outcome.wait.mean / most), 1)
        page.line(
            f"{bar:<{BAR}} {format_duration(result.outcome.wait.mean)}  {scenario_name(result)}",
            indent=2,
            hang=4,
        )


def _stuck(page: Page, result: Result) -> None:
    if not result.stuck:
        return
    count = sum(one.task_instances for one in result.stuck)
    page.heading(f"{scenario_name(result)}: {plural(count, 'task instance')} can never run")
    for one in result.stuck[:MOST_STUCK]:
        reason = one.reason or "it waits for those above"
        page.line(f"{one.task} ({one.task_instances}): {reason}", indent=2, hang=2, style="red")
    left = len(result.stuck) - MOST_STUCK
    if left > 0:
        page.line(f"and {plural(left, 'further task')}; --format json has them", indent=2)


def _risks(page: Page, study: Study, risks: Sequence[Sequence[str]]) -> None:
    if any(risks):
        page.heading("Risks")
        for result, found in zip((study.baseline, *study.scenarios), risks, strict=True):
            for risk in found:
                page.line(f"{scenario_name(result)}: {risk}", style="red", indent=2, hang=2)


def _limits(page: Page, study: Study) -> None:
    shown = study.scenarios[-1] if study.scenarios else study.baseline
    limits = shown.outcome.waits.by_limit[:MOST_LIMITS]
    if limits:
        page.heading(f"Where the waiting goes ({scenario_name(shown)})")
        page.table([(format_duration(one.seconds), format_share(one.share), one.limit) for one in limits])


def simulation_json(
    study: Study,
    calibration: Calibration,
    notes: Sequence[str],
    risks: Sequence[Sequence[str]],
    source: str,
) -> Json:
    """Return the study for machines; `risks` as for `simulation_text`."""
    of_baseline, *of_scenarios = risks
    return {
        "schema": SCHEMA,
        "source": source,
        "observed": _outcome_json(study.observed),
        "baseline": _result_json(study.baseline, of_baseline),
        "scenarios": [
            _result_json(result, found) for result, found in zip(study.scenarios, of_scenarios, strict=True)
        ],
        "model_error": {
            name: getattr(study.error, name) for name in (*type(study.error).__slots__, "too_large")
        },
        "calibration": [
            {"name": fit.name, "value": fit.value, "observations": fit.observations}
            for fit in calibration.fits
        ],
        "notes": list(notes),
    }


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
