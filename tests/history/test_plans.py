"""Every query that reads a history is answered from an index, or from a table that stays small."""

from __future__ import annotations

import datetime as dt
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from airflow_tune.history.window import Window

pytest.importorskip("sqlalchemy.dialects.postgresql.psycopg", reason="SQLAlchemy 1.4 knows no psycopg 3")

plans = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "plans.py")))
"""The benchmark asks the same of millions of task instances, of what the server would do by itself."""


@pytest.fixture(scope="module")
def connection(postgres_url, generate):
    url = postgres_url("plans")
    generate(url, 50_000)
    engine = sa.create_engine(url, isolation_level="REPEATABLE READ")
    with engine.connect() as found:
        yield found
    engine.dispose()


def whole_tables(connection, queries):
    """Return the tables that cannot but be gone through: where they are small, the server would rather."""
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return {query[0]: tables for query in queries if (tables := plans.whole_tables(connection, query))}


def test_a_window_is_read_through_indexes_alone(connection):
    newest = connection.exec_driver_sql("SELECT max(run_after) FROM dag_run").scalar()
    history, copies, others = plans.read(connection, Window(newest - dt.timedelta(minutes=30)))
    assert 0 < len(history.runs) < 100
    assert len(copies) == 3
    assert len(others) > 6
    assert whole_tables(connection, [*copies, *others]) == {}


def test_one_dag_is_read_through_indexes_alone(connection):
    history, copies, others = plans.read(connection, Window(None, ("dag_007",)))
    assert history.dags.names == ("dag_007",)
    assert whole_tables(connection, [*copies, *others]) == {}


def test_what_is_large_is_not_gone_through_but_where_all_is_read(connection):
    connection.exec_driver_sql("SET LOCAL enable_seqscan = on")
    connection.exec_driver_sql("ANALYZE")
    assert plans.unindexed(connection, 1_000_000) == []


def test_what_goes_through_a_whole_table_is_seen(connection):
    query = ("SELECT count(*) FROM task_instance WHERE hostname = 'worker-1'", ())
    assert whole_tables(connection, [query]) == {query[0]: {"task_instance"}}
    assert plans.whole_tables(connection, query, 10**9) == set()
