"""The report of `analyze`, as text and as JSON (`airflow-tune/analyze/1`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from airflow_tune.diagnose.consistency.changed_meaning import HARMLESS
from airflow_tune.diagnose.ladder import ladder
from airflow_tune.findings import Finding
from airflow_tune.host.model import Resource
from airflow_tune.installation.model import Installation
from airflow_tune.report.figures import write_figures
from airflow_tune.report.finding_text import count_by_severity, write_findings
from airflow_tune.report.jsonable import Json, finding_json, installation_json, origin_json
from airflow_tune.report.page import Page
from airflow_tune.report.past import past_json, write_answer, write_past
from airflow_tune.report.summary import place, write_summary
from airflow_tune.units import format_bytes

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.verdict import Verdict

SCHEMA = "airflow-tune/analyze/1"


def analysis_text(
    installation: Installation,
    findings: Sequence[Finding],
    past: Verdict | None = None,
    *,
    by: str = "",
    width: int,
    colour: bool,
) -> str:
    """Return the report for people: what the past says where it was read, then findings and their ground.

    `by` names the parts (a field of Kpis) whose figures are listed.
    """
    page = Page(width=width, colour=colour)
    if past is not None:
        write_answer(page, installation, past)
        page.line("")
    write_summary(page, installation)
    page.heading(f"Findings: {count_by_severity(findings)}")
    write_findings(page, installation, findings)
    _limits(page, installation)
    _changed(page, installation)
    _ignored(page, installation)
    _host(page, installation)
    if past is not None:
        write_past(page, installation, past)
        write_figures(page, past, by)
    page.heading("Next: airflow-tune recommend")
    return page.text()


def _limits(page: Page, installation: Installation) -> None:
    rungs = ladder(installation)
    if rungs:
        page.heading("Limits on task instances at once, the lowest first")
        page.table([(rung.limit, str(rung.slots)) for rung in rungs])


def _changed(page: Page, installation: Installation) -> None:
    changed = sorted(installation.settings.changed(), key=lambda one: one.name)
    page.heading(f"Settings that differ from Airflow's defaults: {len(changed) or 'none'}")
    for one in changed:
        default = one.default or "unset"
        page.line(
            f"{one.name} = {one.shown} (default {default}; {place(installation, one.origin)})",
            indent=2,
            hang=4,
        )


def _ignored(page: Page, installation: Installation) -> None:
    # What has no effect at all is a finding already.
    ignored = [one for one in installation.settings.ignored if one.fate in HARMLESS]
    if ignored:
        page.heading(f"Old and foreign names, which are still read: {len(ignored)}")
        for one in ignored:
            page.line(f"{one.name} ({place(installation, one.origin)}): {one.explanation}", indent=2, hang=4)


def _host(page: Page, installation: Installation) -> None:
    if not installation.deployment.assumed or not installation.host.limits:
        return
    page.heading("What limits this host")
    rows = []
    for limit in installation.host.limits:
        value = "no limit"
        if limit.value is not None:
            memory = limit.resource is Resource.MEMORY
            value = format_bytes(limit.value) if memory else f"{limit.value:g} cores"
        mark = " · binds" if limit.binding else ""
        note = f" · {limit.note}" if limit.note else ""
        rows.append((limit.resource.value, value, f"{limit.origin}{mark}{note}"))
    if rows:
        page.table(rows)


def analysis_json(
    installation: Installation, findings: Sequence[Finding], past: Verdict | None = None
) -> Json:
    """Return the report for machines; `history` is null where none was read."""
    return {
        "schema": SCHEMA,
        **installation_json(installation),
        "limits": [{"limit": rung.limit, "slots": rung.slots} for rung in ladder(installation)],
        "settings": {
            "changed": [
                {
                    "option": one.name,
                    "value": one.shown,
                    "default": one.default,
                    "origin": origin_json(one.origin),
                }
                for one in sorted(installation.settings.changed(), key=lambda one: one.name)
            ],
            "ignored": [
                {
                    "option": one.name,
                    "value": one.shown,
                    "fate": one.fate.value,
                    "today": one.today,
                    "explanation": one.explanation,
                    "origin": origin_json(one.origin),
                }
                for one in installation.settings.ignored
            ],
        },
        "host_limits": [
            {
                "resource": one.resource.value,
                "value": one.value,
                "binding": one.binding,
                "note": one.note,
                "origin": origin_json(one.origin),
            }
            for one in installation.host.limits
        ],
        "findings": [finding_json(one) for one in findings],
        "history": None if past is None else past_json(past),
    }
