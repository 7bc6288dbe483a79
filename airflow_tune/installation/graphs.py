"""The DAGs of a past as graphs: tasks, limits and edges as in the newest serialized DAG."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.model import Dag, Edge, FileGraph, Place, Task, Unknown
from airflow_tune.history.model import History
from airflow_tune.installation.past import Past

LIMITS = ("max_active_tis_per_dag", "max_active_tis_per_dagrun")


def graphs_of(past: Past) -> FileGraph:
    """Return the graphs of all DAGs that Airflow serialized, under the name of the past's source."""
    return FileGraph(past.source, tuple(_dags(past.history, past.source)))


def _dags(history: History, source: str) -> Iterator[Dag]:
    place = Place(source, 0)
    rows: dict[int, list[int]] = {}
    for row, dag in enumerate(history.tasks.dag.tolist()):
        rows.setdefault(dag, []).append(row)
    for dag, found in rows.items():
        known = [row for row in found if history.tasks.known[row]]
        if known:
            yield Dag(
                history.dags.names[dag],
                place,
                _arguments(history, dag),
                tuple(_task(history, row, place) for row in known),
                tuple(_edges(history, known, place)),
                _gone(len(found) - len(known)),
            )


def _gone(count: int) -> tuple[Unknown, ...]:
    return (Unknown(f"{count} tasks of the past are in no serialized DAG"),) if count else ()


def _arguments(history: History, dag: int) -> dict[str, object]:
    return {
        "max_active_tasks": int(history.dags.max_active_tasks[dag]),
        "max_active_runs": int(history.dags.max_active_runs[dag]),
    }


def _task(history: History, row: int, place: Place) -> Task:
    tasks = history.tasks
    given: dict[str, object] = {
        "retries": int(tasks.retries[row]),
        "retry_delay": float(tasks.retry_delay_s[row]),
        "depends_on_past": bool(tasks.depends_on_past[row]),
    }
    given.update((name, int(getattr(tasks, name)[row])) for name in LIMITS if getattr(tasks, name)[row] > 0)
    return Task(tasks.names[row], tasks.names[row], "", place, arguments=given)


def _edges(history: History, rows: list[int], place: Place) -> Iterator[Edge]:
    tasks = history.tasks
    for row in rows:
        for up in tasks.upstream[tasks.first[row] : tasks.first[row + 1]].tolist():
            yield Edge(tasks.names[up], tasks.names[row], place)
