"""Every query that reads a history is answered from an index, or from a table that stays small."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from airflow_tune.history import bulk
from airflow_tune.history.reader import read_history
from airflow_tune.history.window import Window

pytest.importorskip("sqlalchemy.dialects.postgresql.psycopg", reason="SQLAlchemy 1.4 knows no psycopg 3")

GROWING = {"dag_run", "task_instance", "task_instance_history", "task_reschedule", "log"}
"""Tables that grow with every DAG run: no query may go through all of one of them."""


@pytest.fixture(scope="module")
def connection(postgres_url, generate):
    url = postgres_url("plans")
    generate(url, 50_000)
    engine = sa.create_engine(url, isolation_level="REPEATABLE READ")
    with engine.connect() as found:
        yield found
    engine.dispose()


def scanned(plan):
    """Yield the tables that `plan` goes through as a whole."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from scanned(below)


def whole_tables(connection, statement, parameters=()):
    """Return the tables that cannot but be gone through: where they are small, the server would rather."""
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar()
    return set(scanned(plan["Plan"]))


def asked(connection, monkeypatch, window):
    """Return every query of one reading, those of COPY among them, with its parameters."""
    found = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "pg_catalog" not in statement:
            found.append((statement, parameters))

    copied = bulk.copied
    monkeypatch.setattr(
        bulk, "copied", lambda pgconn, query, *rest: found.append((query, ())) or copied(pgconn, query, *rest)
    )
    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        history = read_history(connection, window)
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
    return history, found


def test_a_window_is_read_through_indexes_alone(connection, monkeypatch):
    newest = connection.exec_driver_sql("SELECT max(run_after) FROM dag_run").scalar()
    window = Window(newest - dt.timedelta(minutes=30))
    history, queries = asked(connection, monkeypatch, window)
    assert 0 < len(history.runs) < 100
    assert len(queries) > 6
    found = {query: whole_tables(connection, query, parameters) & GROWING for query, parameters in queries}
    assert {query: tables for query, tables in found.items() if tables} == {}


def test_one_dag_is_read_through_indexes_alone(connection, monkeypatch):
    history, queries = asked(connection, monkeypatch, Window(None, ("dag_007",)))
    assert history.dags.names == ("dag_007",)
    found = [whole_tables(connection, query, parameters) & GROWING for query, parameters in queries]
    assert not set().union(*found)


def test_what_goes_through_a_whole_table_is_seen(connection):
    query = "SELECT count(*) FROM task_instance WHERE hostname = 'worker-1'"
    assert whole_tables(connection, query) == {"task_instance"}
