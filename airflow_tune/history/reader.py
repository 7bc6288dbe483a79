"""Read a history from a metadata DB, through any driver that SQLAlchemy knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection

from airflow_tune.history import bulk, statement
from airflow_tune.history.assembly import assemble
from airflow_tune.history.column import NAT
from airflow_tune.history.draft import DagRow, Draft, PoolRow, RescheduleRow
from airflow_tune.history.graph import GraphTask, read_graph
from airflow_tune.history.model import History
from airflow_tune.history.raw import RawRuns, RawTries, RunRow, moments
from airflow_tune.history.schema import Schema, probe
from airflow_tune.history.statement import Bounds, Select
from airflow_tune.history.stream import partitions, stream_tries
from airflow_tune.history.window import Window

OLDER_IN_A_ROW = 1000
"""2.x has no index on a run's date: after this many older runs by falling id the walk ends."""
_IDS_PER_QUERY = 500


def _first_id(connection: Connection, schema: Schema, since: datetime) -> int:
    """Return the least id of a 2.x DAG run that is not older than `since` (the next id where none is)."""
    limit = moments([since])[0]
    first, older = None, 0
    for rows in partitions(connection, statement.newest_runs(schema)):
        for row, date in zip(rows, moments([row.moment for row in rows]), strict=True):
            older = 0 if date >= limit else older + 1
            if first is None:
                first = row.id + 1
            if not older:
                first = row.id
            elif older == OLDER_IN_A_ROW:
                return int(first)
    return int(first or 0)


def _bounds(connection: Connection, schema: Schema, window: Window) -> Bounds:
    if window.since is None or schema.has_run_after:
        return Bounds(window.since, None, window.dags)
    return Bounds(None, _first_id(connection, schema, window.since), window.dags)


def _rows(connection: Connection, query: Select) -> Iterator[Any]:
    for part in partitions(connection, query):
        yield from part


def _graph(row: Any, notes: list[str]) -> tuple[GraphTask, ...] | None:  # noqa: ANN401 - a row
    try:
        return read_graph(row.data, row.data_compressed)
    except ValueError as error:
        notes.append(f"DAG {row.dag_id} has {error}: its edges and task limits are not known")
        return None


def _graphs(connection: Connection, schema: Schema, draft: Draft) -> dict[str, tuple[GraphTask, ...] | None]:
    found: dict[str, tuple[GraphTask, ...] | None] = {}
    dag_ids = sorted(set(draft.runs.dag_ids))
    for at in range(0, len(dag_ids), _IDS_PER_QUERY):
        for row in _rows(connection, statement.serialized_dags(schema, dag_ids[at : at + _IDS_PER_QUERY])):
            found[row.dag_id] = _graph(row, draft.notes)
    return found


def serialized_rows(connection: Connection) -> Iterator[Any]:
    """Yield the newest serialized version of each DAG: rows of dag_id, data and data_compressed.

    Raises SourceError where this is no Airflow metadata DB.
    """
    schema = probe(connection)
    dag_ids = sorted(row.dag_id for row in _rows(connection, statement.dags(schema, ())))
    for at in range(0, len(dag_ids), _IDS_PER_QUERY):
        newest = {
            row.dag_id: row
            for row in _rows(connection, statement.serialized_dags(schema, dag_ids[at : at + _IDS_PER_QUERY]))
        }
        yield from newest.values()


def _read_rows(connection: Connection, schema: Schema, bounds: Bounds, draft: Draft) -> None:
    """Fill `draft` with the DAG runs and tries of `bounds`, row by row."""
    dialect = connection.dialect.name
    draft.runs = RawRuns.of(
        RunRow(*row) for row in _rows(connection, statement.dag_runs(schema, bounds, dialect))
    )

    def tries(name: str) -> list[RawTries]:
        if not schema.columns[name]:
            return []
        query = statement.tries(schema, name, bounds, dialect)
        return [RawTries.gathered(stream_tries(connection, query, draft.runs.id, draft.kinds, draft.hosts))]

    draft.current, draft.earlier = tries("task_instance"), tries("task_instance_history")


def _heartbeat(connection: Connection, schema: Schema) -> np.datetime64:
    if not schema.has("job", "job_type", "latest_heartbeat"):
        return NAT
    found: np.datetime64 = moments(list(connection.execute(statement.newest_heartbeat(schema)).scalars()))[0]
    return found


def _notes(schema: Schema) -> list[str]:
    notes = []
    if not schema.has_scheduled:
        notes.append("Airflow 2 keeps no scheduled time: waits before queued are not split at scheduled")
    if not schema.columns["task_instance_history"]:
        notes.append("before Airflow 2.10 only the newest try of each task instance is kept")
    return notes


def read_history(connection: Connection, window: Window | None = None) -> History:
    """Return the history of `window` (all by default) from the DB behind `connection`.

    The caller opens the connection read-only, with a statement timeout and in one transaction.
    Raises SourceError where this is no Airflow metadata DB.
    """
    schema = probe(connection)
    bounds = _bounds(connection, schema, window or Window())
    draft = Draft(schema.version, schema.has_scheduled, notes=_notes(schema))
    read = bulk.read_bulk if bulk.usable(connection) else _read_rows
    read(connection, schema, bounds, draft)
    draft.dags = [DagRow(*row) for row in _rows(connection, statement.dags(schema, bounds.dags))]
    draft.pools = [PoolRow(*row) for row in _rows(connection, statement.pools(schema))]
    if schema.columns["task_reschedule"]:
        late = _rows(connection, statement.reschedules(schema, bounds, connection.dialect.name))
        draft.reschedules = [RescheduleRow(*row) for row in late]
    if schema.columns["serialized_dag"]:
        draft.graphs = _graphs(connection, schema, draft)
    draft.heartbeat = _heartbeat(connection, schema)
    return assemble(draft)
