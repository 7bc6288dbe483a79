"""What the past says, in `analyze`: the answer in the first screen, and further down what it rests on."""

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
    from airflow_tune.diagnose.waits.result import LimitWait

FIRST_LIMITS, FIRST_DEEDS = 5, 3
MOST_LIMITS = 12
MOST_FINDINGS = 8
LONGEST_NAME = 36
"""In the first screen a longer name is cut in the middle; further down it stands in full."""
SECTIONS = (
    "kpis",
    "concurrency",
    "critical_paths",
    "scheduler",
    "failures",
    "contention",
    "metadata_db",
)


def write_answer(page: Page, installation: Installation, past: Verdict) -> None:
    """Write what holds the installation back and what to do first, in 24 lines of 80 columns."""
    executors = ", ".join(executor.name for executor in installation.executors)
    page.line(f"Airflow {installation.version}, {executors}: {_counts(past)}", style="bold", hang=2)
    _first_limits(page, past)
    deeds = [one for one in past.findings if one.saved_s > 0][:FIRST_DEEDS]
    page.heading("What to do first" if deeds else "Nothing was found that mending would save time")
    for number, one in enumerate(deeds, 1):
        name = one.about.subject.rpartition(":")[2]
        page.labelled(f"{number}", one.finding.advice.replace(name, _short(name)), indent=2, width=3)
        price = f"saves up to {format_duration(one.saved_s)}"
        page.line(f"({one.finding.code} {one.finding.name}, {price})", indent=5, hang=2)


def _counts(past: Verdict) -> str:
    counts = f"{plural(past.task_instances, 'task instance')} of {plural(past.dag_runs, 'DAG run')}"
    return f"{counts} waited {format_duration(past.waits.total_s)}"


def _first_limits(page: Page, past: Verdict) -> None:
    limits = [one for one in past.waits.by_limit if one.seconds > 0]
    if not limits:
        return
    page.heading("What holds it back")
    rows = [_row(one, _short(one.limit)) for one in limits[:FIRST_LIMITS]]
    rest = limits[FIRST_LIMITS:]
    if rest:
        seconds, share = sum(one.seconds for one in rest), sum(one.share for one in rest)
        rows.append((format_duration(seconds), format_share(share), "", f"{len(rest)} more"))
    page.table(rows, header=("waited", "share", "held", "limit"))


def _row(wait: LimitWait, name: str) -> tuple[str, ...]:
    held = ((wait.task_instances, "task", "tasks"), (wait.dag_runs, "run", "runs"))
    counts = ", ".join(plural(*one) for one in held if one[0])
    return format_duration(wait.seconds), format_share(wait.share), counts, name


def _short(name: str) -> str:
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"


def write_past(page: Page, installation: Installation, past: Verdict) -> None:
    """Write where the waiting went and every finding; what has no rows says so."""
    page.heading("Where the waiting went")
    window = "" if past.since_s is None else f" in the last {format_duration(past.since_s)}"
    page.line(f"{_counts(past)}{window} ({past.source})", indent=2, hang=2)
    for note in past.notes:
        page.labelled("note", note, indent=2)
    if past.waits.uncounted_dag_runs:
        late = plural(past.waits.uncounted_dag_runs, "DAG run")
        page.labelled("note", f"not counted: {late} created over an hour late, held by no limit", indent=2)
    _waits(page, past)
    _findings(page, installation, past.findings)


def _waits(page: Page, past: Verdict) -> None:
    limits = [one for one in past.waits.by_limit if one.seconds > 0]
    if not limits:
        return
    rows = [_row(one, one.limit) for one in limits[:MOST_LIMITS]]
    page.table(rows, header=("waited", "share", "held", "limit"))
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
        if one.about.examples:
            page.labelled("seen", one.about.examples[0], indent=2)


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
