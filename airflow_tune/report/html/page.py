"""The page as a whole: what `analyze` found, with charts, each finding linked to the figures behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow_tune.diagnose.ladder import ladder
from airflow_tune.findings import Finding
from airflow_tune.installation.model import Installation
from airflow_tune.report.html.chart import NARROW, WIDE, ranked, run_chart, use_chart, waits_chart
from airflow_tune.report.html.draw import draw
from airflow_tune.report.html.render import as_is, render
from airflow_tune.report.html.table import SHOWN, Cell, Row, Table, tables
from airflow_tune.report.past import SECTIONS
from airflow_tune.report.summary import place
from airflow_tune.units import format_duration, format_share, plural

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.pictures import Pictures
    from airflow_tune.diagnose.past.priced import Priced
    from airflow_tune.diagnose.past.verdict import Verdict
    from airflow_tune.recommend.engine import Advised

TITLES = {
    "kpis": "Figures", "concurrency": "Limits", "critical_paths": "Critical paths", "scheduler": "Scheduler",
    "failures": "Failures and retries", "contention": "Contention", "metadata_db": "Metadata DB",
}  # fmt: skip
LAST_COLOUR = 7


class Link(NamedTuple):
    """Where a finding's evidence stands in the page."""

    id: str
    text: str
    examples: str = ""


class Pair(NamedTuple):
    """One chart, drawn for a page and for a phone."""

    wide: Any
    narrow: Any


def analysis_html(
    installation: Installation,
    findings: Sequence[Finding],
    past: Verdict | None,
    pictures: Pictures | None,
    advised: Advised | None,
) -> str:
    """Return the page; it needs no other file and no network.

    Raises UsageError where Jinja2 or vl-convert is not installed.
    """
    sections = _sections(past)
    anchors = _anchors(sections, past)
    told = [_priced(one, anchors, sections) for one in past.findings] if past else []
    drawn = _drawn(pictures) if pictures else None
    return render(
        "report.html.j2",
        title="Where the waiting went" if past else "What holds this installation back",
        facts=_facts(installation, past),
        answer=_answer(past),
        contents=list(_contents(findings, past, drawn, advised, sections)),
        past=past,
        limits=_limits(past),
        findings=findings,
        past_findings=told,
        advice=advised.recommendations if advised else (),
        pictures=drawn,
        sections=sections,
        anchors=anchors,
        targets=frozenset(one["link"].id for one in told if one["link"]),
        shown=SHOWN,
        installation=_installation(installation),
        notes=(*installation.host.notes, *installation.notes),
    )


def _sections(past: Verdict | None) -> list[dict[str, Any]]:
    found = []
    # Figures of everything are looked up, the others read.
    for name in sorted(SECTIONS, key=lambda name: name == "kpis") if past else ():
        of_section = tables(name, getattr(past, name))
        if of_section:
            found.append({"name": name, "title": TITLES.get(name, name), "tables": of_section})
    return found


def _anchors(sections: list[dict[str, Any]], past: Verdict | None) -> dict[tuple[str, str], str]:
    """Return the id of the row that a finding may be about, by section and subject."""
    anchors: dict[tuple[str, str], str] = {}
    for section in sections:
        rows = (row for table in section["tables"] for row in table.rows if row.id)
        for row in rows:
            for cell in row.cells:
                if not cell.number:
                    anchors.setdefault((section["name"], cell.text), row.id)
    for number, one in enumerate(past.waits.by_limit if past else ()):
        anchors["waits", one.limit] = f"waits-{number}"
    return anchors


def _priced(
    one: Priced, anchors: Mapping[tuple[str, str], str], sections: list[dict[str, Any]]
) -> dict[str, Any]:
    section, subject = one.about.section, one.about.subject
    title = TITLES.get(section, "Waits by limit")
    examples = ", ".join(one.about.examples[:3])
    link = None
    if (section, subject) in anchors:
        link = Link(anchors[section, subject], f"{title}: {subject}", examples)
    elif section == "waits" or any(each["name"] == section for each in sections):
        link = Link(section, title, examples)
    price = format_duration(one.saved_s) if one.saved_s > 0 else ""
    return {"finding": one.finding, "price": price, "link": link}


def _facts(installation: Installation, past: Verdict | None) -> list[str]:
    executors = ", ".join(executor.name for executor in installation.executors)
    found = [f"Airflow {installation.version}", executors]
    if past:
        found = [
            f"{plural(past.task_instances, 'task instance')} of {plural(past.dag_runs, 'DAG run')}",
            f"{str(past.begin)[:19]} to {str(past.end)[:19]} UTC",
            *found,
            past.source,
        ]
    return [one for one in found if one]


def _answer(past: Verdict | None) -> dict[str, Any] | None:
    limits = [one for one in past.waits.by_limit if one.seconds > 0] if past else []
    if past is None or not limits:
        return None
    first = limits[0]
    total = format_duration(past.waits.total_s)
    text = f"{total} of waiting, {format_share(first.share)} of it for {first.limit}"
    if len(limits) > 1:
        text += f", {format_share(limits[1].share)} for {limits[1].limit}"
    parts = [
        {"limit": one.limit, "width": f"{100 * one.share:.2f}", "rank": min(rank, LAST_COLOUR)}
        for rank, one in enumerate(limits)
    ]
    return {"text": text, "parts": parts}


def _limits(past: Verdict | None) -> list[dict[str, Any]]:
    return [
        {
            "limit": one.limit,
            "waited": format_duration(one.seconds),
            "share": format_share(one.share),
            "task_instances": one.task_instances,
            "dag_runs": one.dag_runs,
            "rank": min(rank, LAST_COLOUR),
        }
        for rank, one in enumerate(past.waits.by_limit if past else ())
        if one.seconds > 0
    ]


def _contents(
    findings: Sequence[Finding],
    past: Verdict | None,
    drawn: Mapping[str, Any] | None,
    advised: Advised | None,
    sections: list[dict[str, Any]],
) -> Iterator[Link]:
    if past:
        yield Link("waits", "Waits")
    if findings or (past and past.findings):
        yield Link("findings", "Findings")
    if advised and advised.recommendations:
        yield Link("advice", "What to change")
    if drawn and drawn["use"]:
        yield Link("use", "Slots in use")
    if drawn and drawn["worst"]:
        yield Link("runs", "Worst runs")
    yield from (Link(section["name"], section["title"]) for section in sections)
    yield Link("installation", "Installation")


def _drawn(pictures: Pictures) -> dict[str, Any]:
    ranks = ranked(pictures.waits)

    def pair(chart: Any, *about: Any) -> Pair:  # noqa: ANN401 - a chart and what it draws
        return Pair(as_is(draw(chart(*about, WIDE))), as_is(draw(chart(*about, NARROW))))

    return {
        "waits": pair(waits_chart, pictures.waits) if ranks else "",
        "use": [
            {
                "limit": one.limit,
                "size": one.size,
                "peak": int(one.peak.max()),
                "chart": as_is(draw(use_chart(one, NARROW))),
            }
            for one in pictures.use
        ],
        "worst": [
            {
                "dag": one.dag,
                "run_id": one.run_id,
                "makespan": format_duration(one.makespan_s),
                "path": format_duration(one.path_s),
                "waited": format_duration(one.waited_s),
                "left_out": one.left_out,
                "chart": pair(run_chart, one, ranks),
            }
            for one in pictures.worst
            if one.bars
        ],
    }


def _installation(installation: Installation) -> list[Table]:
    limits = [
        Row("", (Cell(rung.limit, number=False), Cell(str(rung.slots), number=True)))
        for rung in ladder(installation)
    ]
    changed = [
        Row(
            "",
            tuple(
                Cell(text, number=False)
                for text in (
                    one.name,
                    str(one.shown),
                    one.default or "unset",
                    place(installation, one.origin),
                )
            ),
        )
        for one in sorted(installation.settings.changed(), key=lambda one: one.name)
    ]
    found = (
        [Table("limits on task instances at once", ("limit", "slots"), tuple(limits), 0)] if limits else []
    )
    if changed:
        header = ("setting", "value", "default", "where")
        found.append(Table("settings that differ from Airflow's defaults", header, tuple(changed), 0))
    return found
