"""What the past says, as a section of `analyze`: where the waiting went, and what mending would save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from airflow_tune.installation.model import Installation
from airflow_tune.report.finding_text import write_finding
from airflow_tune.report.jsonable import Json, finding_json
from airflow_tune.report.page import Page
from airflow_tune.report.values import values_json
from airflow_tune.units import format_duration, format_share, plural

if TYPE_CHECKING:
    # Both bring numpy along, which a report without a past does without.
    from airflow_tune.diagnose.past.priced import Priced
    from airflow_tune.diagnose.past.verdict import Verdict

MOST_LIMITS = 12
MOST_FINDINGS = 8
SECTIONS = ("kpis", "concurrency", "critical_paths", "scheduler", "failures", "contention")


def write_past(page: Page, installation: Installation, past: Verdict) -> None:
    """Write the section; what has no rows says so."""
    page.heading("Where the waiting went")
    window = "" if past.since_s is None else f", of the last {format_duration(past.since_s)}"
    counts = f"{plural(past.task_instances, 'task instance')} of {plural(past.dag_runs, 'DAG run')}"
    total = format_duration(past.waits.total_s)
    page.line(f"{counts}{window}, waited {total} in total ({past.source})", indent=2, hang=2)
    for note in past.notes:
        page.labelled("note", note, indent=2)
    _waits(page, past)
    _findings(page, installation, past.findings)


def _waits(page: Page, past: Verdict) -> None:
    limits = [one for one in past.waits.by_limit if one.seconds > 0]
    if not limits:
        return
    rows = [
        (one.limit, format_duration(one.seconds), format_share(one.share), str(one.task_instances))
        for one in limits[:MOST_LIMITS]
    ]
    page.table(rows, header=("limit", "waited", "share", "tries"))
    rest = limits[MOST_LIMITS:]
    if rest:
        seconds = format_duration(sum(one.seconds for one in rest))
        page.line(f"and {plural(len(rest), 'smaller limit')}: {seconds}", indent=2)


def _findings(page: Page, installation: Installation, findings: Sequence[Priced]) -> None:
    if not findings:
        return
    shown = findings[:MOST_FINDINGS]
    rest = len(findings) - len(shown)
    more = f", the dearest {len(shown)}; --format json has all" if rest else ", the dearest first"
    page.heading(f"Findings of the past: {len(findings)}{more}")
    for one in shown:
        price = f", saves up to {format_duration(one.saved_s)}" if one.saved_s > 0 else ""
        write_finding(page, installation, one.finding, price=price)


def past_json(past: Verdict) -> Json:
    """Return the section `history` of a report: all figures, where the text shows the few that matter."""
    return {
        "source": past.source,
        "since_s": past.since_s,
        "begin": values_json(past.begin),
        "end": values_json(past.end),
        "task_instances": past.task_instances,
        "dag_runs": past.dag_runs,
        "waits": values_json(past.waits),
        **{section: values_json(getattr(past, section)) for section in SECTIONS},
        "findings": [priced_json(one) for one in past.findings],
        "notes": list(past.notes),
    }


def priced_json(one: Priced) -> Json:
    """Return a finding with its price and what it is about."""
    return {**finding_json(one.finding), "saved_s": one.saved_s, "about": values_json(one.about)}
