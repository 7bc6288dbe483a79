"""The report of `recommend`, as text and as JSON (`airflow-tune/recommend/1`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_tune.findings import Abstention, Advice, Confidence, Evidence, Recommendation
from airflow_tune.installation.model import Installation
from airflow_tune.recommend.engine import Advised
from airflow_tune.recommend.measured import origin_of
from airflow_tune.report.finding_text import count_by_severity, write_findings
from airflow_tune.report.jsonable import (
    Json,
    abstention_json,
    finding_json,
    installation_json,
    recommendation_json,
)
from airflow_tune.report.page import Page
from airflow_tune.report.summary import WIDTH, place, write_summary
from airflow_tune.report.values import values_json
from airflow_tune.units import format_share

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.lessons import Lessons

SCHEMA = "airflow-tune/recommend/1"
_CONFIDENCE = {
    Confidence.HIGH: "follows from limits that were read",
    Confidence.MEDIUM: "rests on figures for this kind of workload",
    Confidence.LOW: "rests on the profile's start values, not on measurements of yours",
}


def advice_text(advised: Advised, *, width: int, colour: bool) -> str:
    """Return the report for people: the changes, what is left alone, and the limits before and after."""
    installation = advised.plan.installation
    page = Page(width=width, colour=colour)
    write_summary(page, installation)
    _history(page, advised)
    page.heading(f"Proposed changes: {len(advised.recommendations) or 'none'}")
    for one in advised.recommendations:
        write_recommendation(page, installation, one)
    _left_alone(page, advised)
    _limits(page, advised)
    page.heading(f"Inconsistencies after the changes: {count_by_severity(advised.unresolved)}")
    write_findings(page, installation, advised.unresolved)
    if advised.untouched:
        codes = ", ".join(sorted({finding.code for finding in advised.untouched}))
        page.line(
            f"untouched: {count_by_severity(advised.untouched)} ({codes}); see airflow-tune analyze", indent=2
        )
    page.heading("Next")
    page.table(
        [
            ("airflow-tune recommend --explain OPTION", "the whole derivation of one number"),
            ("airflow-tune recommend --write-cfg", "show the diff, ask, write, back up"),
        ]
    )
    return page.text()


def _history(page: Page, advised: Advised) -> None:
    lessons = advised.plan.lessons
    if lessons is not None:
        text = f"{lessons.verdict.source}: {origin_of(lessons)}"
        page.labelled("history", text, indent=0, width=WIDTH)


def write_recommendation(page: Page, installation: Installation, one: Recommendation) -> None:
    """Write one change: value, reason, risk, what binds next, where the present value stands."""
    current = one.current if one.current is not None else "unset"
    page.line(f"{_name(one)}: {current} → {one.proposed}", style="bold green", indent=2, hang=4)
    headroom = one.risk.headroom_share
    left = "" if headroom is None else f" (headroom {format_share(headroom)})"
    page.labelled("why", one.reason)
    page.labelled("risk", f"{one.risk.text}{left}")
    page.labelled("next", one.binds_next)
    page.labelled("trust", f"{one.confidence.value}: {one.basis or _CONFIDENCE[one.confidence]}")
    page.labelled("now", place(installation, one.current_origin))
    page.labelled("set", one.how)


def _name(one: Advice) -> str:
    return f"{one.option} [{one.scope}]" if one.scope else one.option


def _left_alone(page: Page, advised: Advised) -> None:
    left = [one for one in advised.advice if isinstance(one, Abstention)]
    page.heading(f"Left alone: {len(left) or 'none'}")
    for one in left:
        page.line(f"{_name(one)}: {one.reason}", indent=2, hang=4)


def _limits(page: Page, advised: Advised) -> None:
    before = {rung.limit: rung.slots for rung in advised.limits_before}
    after = {rung.limit: rung.slots for rung in advised.limits_after}
    page.heading("Limits on task instances at once")
    page.table(
        [(name, str(before.get(name, "–")), str(after.get(name, "–"))) for name in {**after, **before}],
        header=("limit", "now", "then"),
    )


def explanation_text(advised: Advised, found: list[Advice], *, width: int, colour: bool) -> str:
    """Return the whole derivation of one option: every number, its arithmetic, and where it was read."""
    installation = advised.plan.installation
    page = Page(width=width, colour=colour)
    write_summary(page, installation)
    _history(page, advised)
    for one in found:
        page.heading(_name(one))
        if isinstance(one, Recommendation):
            write_recommendation(page, installation, one)
        else:
            page.line(f"{one.current if one.current is not None else 'unset'}: left alone", indent=2)
            page.labelled("why", one.reason)
            page.labelled("now", place(installation, one.current_origin))
        page.heading("Derivation")
        for step in one.evidence:
            _write_step(page, installation, step)
    return page.text()


def _write_step(page: Page, installation: Installation, step: Evidence) -> None:
    page.line(f"{step.name} = {step.value}", indent=2)
    if step.formula:
        page.line(f"= {step.formula}", indent=6, hang=2)
    page.line(f"[{place(installation, step.origin)}]", style="dim", indent=6, hang=1)


def _history_json(lessons: Lessons) -> Json:
    """Return the past that the advice rests on, and from which date on it would show a whole week."""
    return {
        "source": lessons.verdict.source,
        "begin": values_json(lessons.verdict.begin),
        "end": values_json(lessons.verdict.end),
        "span_s": lessons.span_s,
        "tries": lessons.tries,
        "waits_total_s": lessons.verdict.waits.total_s,
        "whole_week": lessons.whole_week,
        "whole_week_on": lessons.week_on,
    }


def advice_json(advised: Advised) -> Json:
    """Return the report for machines."""
    return {
        "schema": SCHEMA,
        **installation_json(advised.plan.installation),
        "history": None if advised.plan.lessons is None else _history_json(advised.plan.lessons),
        "recommendations": [recommendation_json(one) for one in advised.recommendations],
        "abstentions": [abstention_json(one) for one in advised.advice if isinstance(one, Abstention)],
        "limits": {
            "before": [{"limit": one.limit, "slots": one.slots} for one in advised.limits_before],
            "after": [{"limit": one.limit, "slots": one.slots} for one in advised.limits_after],
        },
        "unresolved": [finding_json(one) for one in advised.unresolved],
        "untouched": [finding_json(one) for one in advised.untouched],
    }
