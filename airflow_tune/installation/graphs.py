"""The DAGs of a metadata DB, an API server or a snapshot as graphs, in their newest serialized version."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from airflow_tune.api.access import Access
from airflow_tune.api.facts import listed_dags
from airflow_tune.dags.model import Dag, Edge, FileGraph, Place, Task, Unknown
from airflow_tune.dags.serialized import LIMITS, document_of, serialized_dag
from airflow_tune.dags.told import told_dag
from airflow_tune.history.model import History
from airflow_tune.history.reader import serialized_rows
from airflow_tune.installation.past import STATEMENT_TIMEOUT_S, Past
from airflow_tune.metadata.address import parse_address, shown
from airflow_tune.metadata.connection import open_metadata

IN_FLIGHT = 4
"""Requests at a time: each asks for the tasks of one DAG."""


def graphs_of_db(url: str) -> FileGraph:
    """Return the graphs of all DAGs that the metadata DB at `url` holds serialized.

    Raises SourceError where the DB cannot be read or is none of Airflow's.
    """
    source = shown(parse_address(url))
    with open_metadata(url, statement_timeout_s=STATEMENT_TIMEOUT_S) as connection:
        return FileGraph(source, tuple(_stored(row, source) for row in serialized_rows(connection)))


def _stored(row: Any, source: str) -> Dag:  # noqa: ANN401 - a row
    try:
        return serialized_dag(document_of(row.data, row.data_compressed), source)
    except ValueError as error:
        return Dag(row.dag_id, Place(source, 0), {}, (), (), (Unknown(str(error)),))


def graphs_of_api(access: Access) -> FileGraph:
    """Return the graphs of all DAGs that the API server of `access` shows; its limits per task it does not.

    Raises SourceError where the server stays away, refuses, or is none.
    """
    # Imports the extra `api`, which few runs have a use for.
    from airflow_tune.api.session import Session  # noqa: PLC0415

    with closing(Session(access)) as session, ThreadPoolExecutor(IN_FLIGHT) as threads:
        rows = [row for row in listed_dags(session) if not row.get("is_stale")]
        tasks = threads.map(lambda row: session.rows("tasks", "TaskApi", "get_tasks", row["dag_id"]), rows)
        dags = (told_dag(row, found, access.base) for row, found in zip(rows, tasks, strict=True))
        return FileGraph(access.base, tuple(dags))


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
