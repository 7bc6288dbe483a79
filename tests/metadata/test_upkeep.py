from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from airflow_tune.metadata.connection import open_metadata
from airflow_tune.metadata.upkeep import kept_upkeep, read_upkeep, upkeep_json


def upkeep_of(url: str):
    with open_metadata(url) as connection:
        return read_upkeep(connection)


def test_sqlite_tells_rows_and_the_oldest_of_them(airflow_3_file: Path) -> None:
    with closing(sqlite3.connect(airflow_3_file)) as connection:
        connection.executescript(
            "DROP TABLE IF EXISTS log;"
            "CREATE TABLE log (id INTEGER PRIMARY KEY, dttm TIMESTAMP);"
            "INSERT INTO log VALUES (7, '2026-02-27 00:00:00.000000'), (9, '2026-02-28 00:00:00.000000')"
        )
    found = upkeep_of(f"sqlite:///{airflow_3_file}")
    log = next(one for one in found.tables if one.name == "log")
    assert (log.rows, log.oldest, log.size_bytes) == (9, "2026-02-27T00:00:00Z", None)
    assert (found.dialect, found.keeps_account, found.connections) == ("sqlite", False, None)


def test_what_airflow_itself_created_is_read(sqlite_file: Path) -> None:
    tables = upkeep_of(f"sqlite:///{sqlite_file}").tables
    assert all(one.rows is not None for one in tables)


def test_postgresql_tells_its_estimates_sizes_and_vacuums(postgres: str) -> None:
    superuser = f"postgresql://postgres@/other?{postgres}"
    engine = create_engine(superuser)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE log (id serial PRIMARY KEY, dttm timestamptz)")
        connection.exec_driver_sql(
            "INSERT INTO log (dttm) SELECT timestamptz '2026-02-28 00:00Z' + n * interval '1 second'"
            " FROM generate_series(0, 4999) n"
        )
        connection.exec_driver_sql("ANALYZE log")
    engine.dispose()
    found = upkeep_of(superuser)
    (log,) = found.tables
    assert (log.name, log.rows, log.oldest) == ("log", 5000, "2026-02-28T00:00:00Z")
    assert log.size_bytes is not None
    assert log.size_bytes > 100_000
    assert log.vacuumed is None
    assert found.keeps_account
    assert found.connections is not None
    assert kept_upkeep(json.loads(json.dumps(upkeep_json(found)))) == found


@pytest.mark.parametrize("url", ["mariadb_url"])
def test_mariadb_tells_its_estimates(request: pytest.FixtureRequest, url: str) -> None:
    found = upkeep_of(request.getfixturevalue(url))
    assert found.dialect == "mysql"
    assert found.connections is not None


@pytest.mark.parametrize(
    "kept", [None, 3, {}, {"tables": [{"x": 1}]}, {"tables": [], "connections": {"a": 1}}]
)
def test_what_is_none_of_ours_is_nothing(kept: object) -> None:
    assert kept_upkeep(kept) is None


def test_a_db_without_growing_tables_has_nothing_to_look_after(empty_file: Path) -> None:
    assert upkeep_of(f"sqlite:///{empty_file}").tables == ()
