"""The report of `graph --verify`, as text and as JSON (`airflow-tune/graph-verify/1`)."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune import __version__
from airflow_tune.dags.oracle.compare import Difference
from airflow_tune.dags.verification import Verification
from airflow_tune.report.jsonable import Json
from airflow_tune.report.page import Page
from airflow_tune.secrets import redact

SCHEMA = "airflow-tune/graph-verify/1"
MOST = 6
"""Names of one kind that the text lists."""


def verification_text(found: Verification, *, width: int, colour: bool) -> str:
    """Return each DAG that differs, what could not be compared, and the shares."""
    page = Page(width=width, colour=colour)
    for one in found.differences:
        if not one.same:
            state = "complete" if one.complete else "partial"
            page.heading(f"{one.dag_id} ({one.file}): read as {state}")
            for label, names in _parts(one):
                page.labelled(label, _few(names), indent=2, width=16)
    for file, why in found.unasked:
        page.line(f"{file}: Airflow cannot import it: {redact(why)}", style="yellow", hang=4)
    for text, ids in (
        ("read, but not serialized", found.only_read),
        ("not in these files", found.only_there),
    ):
        if ids:
            page.line(f"{text}: {_few(list(ids))}", hang=4)
    total = found.total
    page.heading(
        f"{total.dags} DAGs compared, {total.complete_dags} read as complete,"
        f" {total.invented} tasks and dependencies invented in those"
    )
    page.labelled("complete DAGs", _shares(total.complete_tasks_share, total.complete_edges_share), width=16)
    page.labelled("all DAGs", _shares(total.tasks_share, total.edges_share), width=16)
    return page.text()


def _shares(tasks: float, edges: float) -> str:
    return f"{tasks:.2%} of tasks, {edges:.2%} of dependencies"


def _few(names: list[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more


def _parts(one: Difference) -> Iterator[tuple[str, list[str]]]:
    tasks = (("missing tasks", one.missing_tasks), ("invented tasks", one.invented_tasks))
    edges = (("missing edges", one.missing_edges), ("invented edges", one.invented_edges))
    for label, names in tasks:
        if names:
            yield label, sorted(names)
    for label, pairs in edges:
        if pairs:
            yield label, [f"{up} >> {down}" for up, down in sorted(pairs)]
    if one.arguments:
        yield "other arguments", [redact(text) for text in one.arguments]


def verification_json(found: Verification) -> Json:
    """Return the comparison for machines."""
    total = found.total
    return {
        "schema": SCHEMA,
        "tool_version": __version__,
        "dags_compared": total.dags,
        "dags_complete": total.complete_dags,
        "tasks_found_share": total.tasks_share,
        "edges_found_share": total.edges_share,
        "complete_tasks_found_share": total.complete_tasks_share,
        "complete_edges_found_share": total.complete_edges_share,
        "invented_in_complete": total.invented,
        "different": [_difference(one) for one in found.differences if not one.same],
        "not_imported": [{"file": file, "error": redact(why)} for file, why in found.unasked],
        "only_read": list(found.only_read),
        "only_there": list(found.only_there),
    }


def _difference(one: Difference) -> Json:
    return {
        "dag_id": one.dag_id,
        "file": one.file,
        "complete": one.complete,
        "missing_tasks": sorted(one.missing_tasks),
        "missing_edges": [list(pair) for pair in sorted(one.missing_edges)],
        "invented_tasks": sorted(one.invented_tasks),
        "invented_edges": [list(pair) for pair in sorted(one.invented_edges)],
        "other_arguments": [redact(text) for text in one.arguments],
    }
