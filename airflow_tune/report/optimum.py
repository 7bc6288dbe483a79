"""The report of a search: which changes in which order, what they come to, and what more or less would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_tune.report.jsonable import Json
from airflow_tune.report.page import Page
from airflow_tune.report.simulation import error_json, error_line
from airflow_tune.units import format_duration

if TYPE_CHECKING:
    from airflow_tune.recommend.optimum import Optimum
    from airflow_tune.simulate.error import ModelError
    from airflow_tune.simulate.outcome import Outcome

SCHEMA = "airflow-tune/optimum/1"


def optimum_text(found: Optimum, error: ModelError | None, source: str, *, width: int, colour: bool) -> str:
    """Return the search's result for people."""
    page = Page(width=width, colour=colour)
    page.line(f"Searched by playing {source}; objective: {found.objective}", hang=2)
    page.line(error_line(error), hang=2)
    page.heading("Change, one at a time" if found.steps else "Change nothing")
    for number, step in enumerate(found.steps, start=1):
        page.line(
            f"{number}. {step.change}: {format_duration(step.before_s)} → {format_duration(step.after_s)}",
            indent=2,
            hang=3,
        )
    if not found.met:
        page.line(
            f"That misses it: without these limits it would be {format_duration(found.unbounded_s)}.",
            style="bold red",
            indent=2,
            hang=2,
        )
    if found.binds_next:
        page.line(f"Then waits most for: {found.binds_next}", indent=2)
    for bound in found.binding:
        page.line(f"Held back by {bound}", indent=2, hang=2)
    page.heading("What it comes to")
    rows = [_row("as it is", found.present), _row("changed", found.outcome)]
    rows += [_row(f"changed, load × {load:g}", outcome) for load, outcome in found.loads]
    page.table(rows, header=("mean wait", "p95", "makespan", "configuration"))
    if found.front:
        page.heading("Slots against waits, beside the other changes")
        page.table(
            [
                (
                    "knee →" if point.knee else "",
                    str(point.slots),
                    format_duration(point.outcome.wait.mean),
                    format_duration(point.outcome.wait.p95),
                )
                for point in found.front
            ],
            header=("", "slots", "mean wait", "p95"),
        )
    return page.text()


def _row(name: str, outcome: Outcome) -> tuple[str, ...]:
    figures = (outcome.wait.mean, outcome.wait.p95, outcome.makespan_s)
    return (*map(format_duration, figures), name)


def optimum_json(found: Optimum, error: ModelError | None, source: str) -> Json:
    """Return the search's result for machines."""
    return {
        "schema": SCHEMA,
        "source": source,
        "objective": {
            "figure": found.objective.figure,
            "dag_id": found.objective.dag or None,
            "most_s": found.objective.most_s,
            "unbounded_s": found.unbounded_s,
            "met": found.met,
        },
        "model_error": error_json(error),
        "changes": [
            {
                "name": step.change.name,
                "value": step.change.value,
                "before_s": step.before_s,
                "after_s": step.after_s,
            }
            for step in found.steps
        ],
        "binds_next": found.binds_next or None,
        "bounds": [{**bound._asdict(), "binds": bound in found.binding} for bound in found.bounds],
        "present": _figures(found.present),
        "proposed": _figures(found.outcome),
        "loads": [{"load": load, **_figures(outcome)} for load, outcome in found.loads],
        "front": [
            {"slots": point.slots, "knee": point.knee, **_figures(point.outcome)} for point in found.front
        ],
    }


def _figures(outcome: Outcome) -> Json:
    wait = outcome.wait
    return {
        "makespan_s": outcome.makespan_s,
        "wait_s": {name: getattr(wait, name) for name in type(wait).__slots__},
        "utilisation_share": outcome.utilisation_share,
    }
