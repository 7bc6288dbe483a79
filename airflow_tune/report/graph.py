"""The report of `graph`, as text and as JSON (`airflow-tune/graph/1`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from airflow_tune import __version__
from airflow_tune.dags.model import OPERATOR_DEFAULTS, Dag, FileGraph, Name, Reference, Task, Unknown
from airflow_tune.report.jsonable import Json
from airflow_tune.report.lint_place import beneath
from airflow_tune.report.page import Page
from airflow_tune.secrets import redact
from airflow_tune.units import plural

SCHEMA = "airflow-tune/graph/1"
# Arguments of no other name are shown: an operator's own may hold secrets.
SHOWN = tuple(OPERATOR_DEFAULTS)
# Null where a task does not set them: what then holds is the operator's or the installation's to say.
WHERE_GIVEN = ("max_active_tis_per_dag", "max_active_tis_per_dagrun", "max_retry_delay", "mode", "deferrable")
SECONDS = frozenset({"retry_delay", "max_retry_delay", "execution_timeout", "dagrun_timeout"})
# What 1.10, 2.x and 3.x call the same.
DAG_SHOWN: dict[str, tuple[str, ...]] = {
    "schedule": ("schedule", "schedule_interval", "timetable"),
    "catchup": ("catchup",),
    "start_date": ("start_date",),
    "end_date": ("end_date",),
    "max_active_tasks": ("max_active_tasks", "concurrency"),
    "max_active_runs": ("max_active_runs",),
    "dagrun_timeout": ("dagrun_timeout",),
}


def graph_text(graphs: Sequence[FileGraph], *, width: int, colour: bool, base: str = "") -> str:
    """Return DAGs with their tasks, dependencies and whatever could not be known.

    Paths are shown from the folder `base`; of a task in its DAG's own file only the line is.
    """
    page = Page(width=width, colour=colour)
    for graph in graphs:
        for trouble in _troubles(graph, base):
            page.line(trouble, style="yellow", hang=4)
        for dag in graph.dags:
            _dag(page, dag, base)
    dags = [dag for graph in graphs for dag in graph.dags]
    tasks = sum(len(dag.tasks) for dag in dags)
    complete = sum(dag.complete for dag in dags)
    counted = (plural(tasks, "task"), plural(len(graphs), "file"))
    page.heading(f"{plural(len(dags), 'DAG')} ({complete} complete), {', '.join(counted)}")
    return page.text()


def _troubles(graph: FileGraph, base: str) -> Iterator[str]:
    file = beneath(graph.file, base)
    if graph.error is not None:
        yield redact(f"{file}: cannot be imported: {graph.error}")
    if graph.limit is not None:
        yield redact(f"{file}: not read to its end: {graph.limit}")


def _dag(page: Page, dag: Dag, base: str) -> None:
    state = "complete" if dag.complete else "partial"
    page.heading(f"{_name(dag.dag_id)} ({beneath(str(dag.place), base)}): {state}")
    for reason in dag.why_partial:
        page.labelled("why", redact(str(reason)), indent=2)
    below: dict[str, list[str]] = {}
    for edge in dag.edges:
        below.setdefault(edge.upstream, []).append(edge.downstream)
    for task in dag.tasks:
        here = task.place.file == dag.place.file
        place = f"line {task.place.line}" if here else beneath(str(task.place), base)
        page.line(f"{_name(task.task_id)}: {task.operator} ({place})", indent=2, hang=4)
        page.labelled("set", ", ".join(_set(task)), indent=4)
        page.labelled("then", ", ".join(below.get(task.key, ())), indent=4)


def _set(task: Task) -> Iterator[str]:
    """Yield what differs from Airflow's defaults."""
    if task.mapped:
        yield "mapped"
    for name in SHOWN:
        value = plain(task.argument(name))
        if value != OPERATOR_DEFAULTS[name]:
            yield f"{name}={value['unknown'] if isinstance(value, dict) else value}"


def _name(name: Name) -> str:
    return f"unknown: {redact(str(name))}" if isinstance(name, Unknown) else name


def plain(value: object) -> object:
    """Return a value as JSON knows it: seconds for durations, {"unknown": reason} for what is not known."""
    if isinstance(value, Unknown):
        return {"unknown": redact(str(value))}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Reference):
        return f"<{value.kind} {value.name}>"
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return redact(str(value))


def graph_json(graphs: Sequence[FileGraph]) -> Json:
    """Return the graphs for machines: all DAGs, and the files that could not be read to their end."""
    return {
        "schema": SCHEMA,
        "tool_version": __version__,
        "dags": [dag_json(dag) for graph in graphs for dag in graph.dags],
        "files": [
            {
                "file": graph.file,
                "error": None if graph.error is None else redact(str(graph.error)),
                "limit": None if graph.limit is None else redact(str(graph.limit)),
            }
            for graph in graphs
        ],
    }


def dag_json(dag: Dag) -> Json:
    """Return one DAG; `edges` are pairs of keys, `edge_lines` says where each is written."""
    return {
        "dag_id": plain(dag.dag_id),
        "file": dag.place.file,
        "line": dag.place.line,
        "complete": dag.complete,
        "why_partial": [redact(str(reason)) for reason in dag.why_partial],
        **dag_arguments(dag),
        "tasks": [task_json(task) for task in dag.tasks],
        "edges": [[edge.upstream, edge.downstream] for edge in dag.edges],
        "edge_lines": [edge.place.line for edge in dag.edges],
    }


def dag_arguments(dag: Dag) -> Json:
    """Return what decides when a DAG runs and how much of it at a time; null where the file does not say."""
    given = dag.arguments
    defaults = given.get("default_args")
    inner = defaults if isinstance(defaults, dict) else {}
    found = {
        name: next((given[key] for key in keys if key in given), inner.get(name))
        for name, keys in DAG_SHOWN.items()
    }
    return {f"{name}_s" if name in SECONDS else name: plain(value) for name, value in found.items()}


def task_json(task: Task) -> Json:
    """Return one task with the arguments that decide when and where it runs."""
    shown = {name: task.argument(name) for name in SHOWN}
    shown.update((name, task.argument(name)) for name in WHERE_GIVEN)
    return {
        "key": task.key,
        "task_id": plain(task.task_id),
        "operator": task.operator,
        "file": task.place.file,
        "line": task.place.line,
        "group": task.group or None,
        "mapped": task.mapped,
        "setup": task.is_setup,
        "teardown": task.is_teardown,
        **{f"{name}_s" if name in SECONDS else name: plain(value) for name, value in shown.items()},
    }
