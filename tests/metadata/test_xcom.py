"""Sizes of what tasks pushed, by DAG and task, from real tables of both generations and from PostgreSQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from airflow_tune.metadata import xcom
from airflow_tune.metadata.connection import open_metadata
from airflow_tune.metadata.model import XComSize
from airflow_tune.metadata.xcom import read_xcom_sizes

TABLE = (
    "CREATE TABLE xcom (dag_run_id INTEGER NOT NULL, task_id VARCHAR(250) NOT NULL,"
    " map_index INTEGER NOT NULL, key VARCHAR(512) NOT NULL, dag_id VARCHAR(250) NOT NULL,"
    " run_id VARCHAR(250) NOT NULL, value {kind}, timestamp TIMESTAMP,"
    " PRIMARY KEY (dag_run_id, task_id, map_index, key))"
)
ROWS = ((1, "old", 900), (2, "a", 10), (3, "a", 40), (3, "b", 7))


def sizes(url: str) -> dict[tuple[str, str], XComSize]:
    with open_metadata(url) as connection:
        return read_xcom_sizes(connection)


def filled(path: Path) -> str:
    """Put values into the DB of a file, and return its URL."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE IF EXISTS xcom")
        connection.execute(TABLE.format(kind="JSON"))
        connection.executemany(
            "INSERT INTO xcom VALUES (?, ?, -1, 'return_value', 'd', 'r', ?, NULL)",
            [(run, task, "x" * size) for run, task, size in ROWS],
        )
    return f"sqlite:///{path}"


def test_sizes_are_told_by_task(sqlite_file: Path) -> None:
    assert sizes(filled(sqlite_file)) == {
        ("d", "old"): XComSize(1, 900, 900.0),
        ("d", "a"): XComSize(2, 40, 25.0),
        ("d", "b"): XComSize(1, 7, 7.0),
    }


def test_only_the_newest_are_looked_at(airflow_3_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xcom, "NEWEST", 3)
    assert set(sizes(filled(airflow_3_file))) == {("d", "a"), ("d", "b")}


def test_a_db_without_such_a_table_tells_none(empty_file: Path) -> None:
    assert sizes(f"sqlite:///{empty_file}") == {}


@pytest.mark.parametrize(
    ("kind", "value"),
    [("JSONB", "to_jsonb(repeat(md5(n::text), 100))"), ("BYTEA", "convert_to(repeat('x', 999), 'UTF8')")],
)
def test_postgresql_tells_what_it_stores(postgres: str, kind: str, value: str) -> None:
    url = f"postgresql://postgres@/other?{postgres}"
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(TABLE.format(kind=kind))
            connection.exec_driver_sql(
                f"INSERT INTO xcom SELECT n, 'a', -1, 'return_value', 'd', 'r', {value}, now()"  # noqa: S608
                " FROM generate_series(1, 50) n"
            )
        (found,) = sizes(url).values()
        assert found.values == 50
        assert 10 < found.mean_bytes <= found.largest_bytes < 5000
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS xcom")
        engine.dispose()
