"""The report of `recommend`, as text and as JSON (`airflow-tune/recommend/1`)."""

from __future__ import annotations

from airflow_tune.findings import Abstention, Advice, Confidence, Evidence, Recommendation
from airflow_tune.recommend.engine import Advised
from airflow_tune.report.finding_text import count_by_severity, write_findings
from airflow_tune.report.jsonable import (
    Json,
    abstention_json,
    finding_json,
    installation_json,
    recommendation_json,
)
from airflow_tune.report.page import Page
from airflow_tune.report.summary import write_summary
from airflow_tune.units import format_share

SCHEMA = "airflow-tune/recommend/1"
_CONFIDENCE = {
    Confidence.HIGH: "follows from limits that were read",
    Confidence.MEDIUM: "rests on figures for this kind of workload",
    Confidence.LOW: "rests on the profile's start values, not on measurements of yours",
}


def advice_text(advised: Advised, *, width: int, colour: bool) -> str:
    """Return the report for people: the changes, what is left alone, and the limits before and after."""
    page = Page(width=width, colour=colour)
    write_summary(page, advised.plan.installation)
    page.heading(f"Proposed changes: {len(advised.recommendations) or 'none'}")
    for one in advised.recommendations:
        write_recommendation(page, one)
    _left_alone(page, advised)
    _limits(page, advised)
    page.heading(f"Inconsistencies left after the changes: {count_by_severity(advised.unresolved)}")
    write_findings(page, advised.unresolved)
    page.heading("Next")
    page.line("airflow-tune recommend --explain OPTION     the whole derivation of one number", indent=2)
    page.line(
        "airflow-tune recommend --write-cfg          show the diff, ask, write, keep a backup", indent=2
    )
    return page.text()


def write_recommendation(page: Page, one: Recommendation) -> None:
    """Write one change: value, reason, risk, what binds next, where the present value stands."""
    where = f" [{one.scope}]" if one.scope else ""
    page.line(
        f"{one.option}{where}: {one.current if one.current is not None else 'unset'} → {one.proposed}",
        style="bold green",
        indent=2,
    )
    headroom = one.risk.headroom_share
    left = "" if headroom is None else f" (headroom {format_share(headroom)})"
    page.labelled("why", one.reason)
    page.labelled("risk", f"{one.risk.text}{left}")
    page.labelled("next", one.binds_next)
    page.labelled("trust", f"{one.confidence.value}: {_CONFIDENCE[one.confidence]}")
    page.labelled("now", str(one.current_origin))


def _left_alone(page: Page, advised: Advised) -> None:
    left = [one for one in advised.advice if isinstance(one, Abstention)]
    page.heading(f"Left alone: {len(left) or 'none'}")
    if left:
        page.columns([(one.option, one.reason) for one in left])


def _limits(page: Page, advised: Advised) -> None:
    before = {rung.limit: rung.slots for rung in advised.limits_before}
    after = {rung.limit: rung.slots for rung in advised.limits_after}
    page.heading("Limits on task instances at once")
    names = list(dict.fromkeys([*after, *before]))
    page.columns(
        [(name, str(before.get(name, "–")), str(after.get(name, "–"))) for name in names],
        header=("limit", "now", "then"),
    )


def explanation_text(advised: Advised, found: list[Advice], *, width: int, colour: bool) -> str:
    """Return the whole derivation of one option: every number, its arithmetic, and where it was read."""
    page = Page(width=width, colour=colour)
    write_summary(page, advised.plan.installation)
    for one in found:
        page.heading(one.option if not one.scope else f"{one.option} [{one.scope}]")
        if isinstance(one, Recommendation):
            write_recommendation(page, one)
        else:
            page.line(f"{one.current if one.current is not None else 'unset'}: left alone", indent=2)
            page.labelled("why", one.reason)
            page.labelled("now", str(one.current_origin))
        page.heading("Derivation")
        for step in one.evidence:
            page.line(f"{step.name} = {step.value}", indent=2)
            page.labelled("", _source(step), indent=4, width=0)
    return page.text()


def _source(step: Evidence) -> str:
    return f"{step.formula}    [{step.origin}]" if step.formula else f"[{step.origin}]"


def advice_json(advised: Advised) -> Json:
    """Return the report for machines."""
    return {
        "schema": SCHEMA,
        **installation_json(advised.plan.installation),
        "recommendations": [recommendation_json(one) for one in advised.recommendations],
        "abstentions": [abstention_json(one) for one in advised.advice if isinstance(one, Abstention)],
        "limits": {
            "before": [{"limit": one.limit, "slots": one.slots} for one in advised.limits_before],
            "after": [{"limit": one.limit, "slots": one.slots} for one in advised.limits_after],
        },
        "unresolved": [finding_json(one) for one in advised.unresolved],
    }
