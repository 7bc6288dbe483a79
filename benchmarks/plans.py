"""What the server's EXPLAIN has to say of the queries of a reading: none goes through a table that grows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_tune.history import bulk
from airflow_tune.history.copying import copied
from airflow_tune.history.events import read_events
from airflow_tune.history.model import History
from airflow_tune.history.reader import read_history
from airflow_tune.history.window import Window
from airflow_tune.metadata.upkeep import read_upkeep

GROWING = {"dag_run", "task_instance", "task_instance_history", "task_reschedule", "log"}
"""Tables that grow with every DAG run: no query but one for all of it may go through one of them."""
HOUR = dt.timedelta(hours=1)

Query = tuple[str, Any]


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """Yield the tables that `plan` goes through as a whole."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from scanned(below)


def whole_tables(connection: Connection, query: Query, fewest_bytes: int = 0) -> set[str]:
    """Return the growing tables of at least `fewest_bytes` that `query` goes through as a whole."""
    statement, parameters = query
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    size = sa.text("SELECT pg_relation_size(to_regclass(:name))")
    return {
        table
        for table in set(scanned(plan["Plan"])) & GROWING
        if connection.execute(size, {"name": table}).scalar_one() >= fewest_bytes
    }


@contextmanager
def noted(connection: Connection) -> Iterator[tuple[list[Query], list[Query]]]:
    """Give lists to which every query is added with its values: those of COPY, and others."""
    copies: list[Query] = []
    others: list[Query] = []

    def note(
        _connection: object, _cursor: object, statement: str, parameters: object, *_rest: object
    ) -> None:
        if "pg_catalog" not in statement:
            others.append((statement, parameters))

    def copied_and_noted(pgconn: Any, query: str, *rest: Any) -> Any:  # noqa: ANN401 - handed through
        copies.append((query, ()))
        return copied(pgconn, query, *rest)

    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        with mock.patch.object(bulk, "copied", copied_and_noted):
            yield copies, others
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)


def read(connection: Connection, window: Window) -> tuple[History, list[Query], list[Query]]:
    """Return the history of `window`, the queries of COPY, and all other queries of what `analyze` asks."""
    with noted(connection) as (copies, others):
        history = read_history(connection, window)
        read_events(connection, window.since)
        read_upkeep(connection)
    return history, copies, others


def unindexed(connection: Connection, fewest_bytes: int) -> list[str]:
    """Return the queries that go through a growing table of at least `fewest_bytes`.

    All is read, the newest hour, and one DAG; what is read as a whole, and by COPY, may go through its table.
    """
    newest = connection.exec_driver_sql("SELECT max(run_after) FROM dag_run").scalar_one()
    windows = (Window(), Window(newest - HOUR), Window(None, ("dag_007",)))
    found = []
    for window in windows:
        _, copies, others = read(connection, window)
        asked = others if window == Window() else [*copies, *others]
        found += [
            f"{sorted(tables)} for {' '.join(query[0].split())}"
            for query in asked
            if (tables := whole_tables(connection, query, fewest_bytes))
        ]
    return found
