from __future__ import annotations

import socket
import sqlite3
import traceback
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from airflow_tune.errors import SourceError
from airflow_tune.metadata import connection as connection_module
from airflow_tune.metadata.address import parse_address
from airflow_tune.metadata.connection import _connect_args, open_metadata

SLOW_SQLITE = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def failure(url: str, statement: str = "SELECT 1", timeout_s: float = 15) -> SourceError:
    with (
        pytest.raises(SourceError) as caught,
        open_metadata(url, statement_timeout_s=timeout_s) as connection,
    ):
        connection.execute(text(statement))
    assert caught.value.exit_code == 3
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value.args)
    assert "bait" not in said
    return caught.value


def test_sqlite_cannot_be_written(airflow_3_file: Path) -> None:
    error = failure(f"sqlite:///{airflow_3_file}", "DELETE FROM dag")
    assert "could not be read: attempt to write a readonly database" in error.tried


def test_postgresql_cannot_be_written(postgres_url: str) -> None:
    error = failure(postgres_url, "DELETE FROM dag")
    assert "cannot execute DELETE in a read-only transaction" in error.tried


def test_mariadb_cannot_be_written(mariadb_url: str) -> None:
    error = failure(mariadb_url, "DELETE FROM dag")
    assert "READ ONLY transaction" in error.tried


def test_a_slow_query_is_ended_in_sqlite(airflow_3_file: Path) -> None:
    error = failure(f"sqlite:///{airflow_3_file}", SLOW_SQLITE, 0.05)
    assert error.tried == "the metadata DB could not be read: interrupted"
    assert "airflow db clean" in error.remedy


def test_a_slow_query_is_ended_in_postgresql(postgres_url: str) -> None:
    error = failure(postgres_url, "SELECT pg_sleep(20)", 0.05)
    assert "canceling statement due to statement timeout" in error.tried
    assert "airflow db clean" in error.remedy


def test_a_slow_query_is_ended_in_mariadb(mariadb_url: str) -> None:
    error = failure(mariadb_url, "SELECT sleep(20)", 0.05)
    assert "max_statement_time exceeded" in error.tried
    assert "airflow db clean" in error.remedy


def test_a_wrong_path_makes_no_database(tmp_path: Path) -> None:
    error = failure(f"sqlite:///{tmp_path}/none.db")
    assert error.tried == "the metadata DB could not be reached: unable to open database file"
    assert error.where == f"sqlite+pysqlite:///{tmp_path}/none.db"
    assert "check the name of the database" in error.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "airflow.cfg").write_text("[core]\n" * 200)
    error = failure(f"sqlite:///{tmp_path}/airflow.cfg", "SELECT * FROM dag")
    assert "file is not a database" in error.tried


def test_memory_holds_nothing() -> None:
    assert failure("sqlite://").remedy == "name its file"
    assert "a database in memory holds nothing to read" in str(failure("sqlite:///:memory:"))


def test_odd_signs_in_a_path_are_part_of_it(airflow_3_file: Path) -> None:
    odd = airflow_3_file.with_name("a b#c.db")
    airflow_3_file.rename(odd)
    with open_metadata(f"sqlite:///{odd}") as connection:
        assert connection.execute(text("SELECT count(*) FROM dag")).scalar() == 11


def test_a_write_ahead_log_is_read_too(airflow_3_file: Path) -> None:
    writer = sqlite3.connect(airflow_3_file, isolation_level=None)
    writer.executescript("PRAGMA journal_mode = WAL; DELETE FROM dag WHERE dag_id = 'lab_chain'")
    with open_metadata(f"sqlite:///{airflow_3_file}") as connection:
        assert connection.execute(text("SELECT count(*) FROM dag")).scalar() == 10
    writer.close()


def test_a_writer_is_waited_for_and_read_past(airflow_3_file: Path) -> None:
    writer = sqlite3.connect(airflow_3_file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM dag")
    with open_metadata(f"sqlite:///{airflow_3_file}") as connection:
        assert connection.execute(text("SELECT count(*) FROM dag")).scalar() == 11
    writer.rollback()
    writer.close()


def test_timeouts_of_the_url_are_kept() -> None:
    given = parse_address("mysql://host/airflow?connect_timeout=7&read_timeout=9")
    assert _connect_args(given, 15) == {}
    assert _connect_args(parse_address("mysql://host/airflow"), 14.5) == {
        "connect_timeout": 10,
        "read_timeout": 25,
    }


@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
def test_a_server_that_says_nothing_is_given_up(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "CONNECT_TIMEOUT_S", 2)  # libpq's smallest
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        error = failure(f"{kind}://airflow:bait@127.0.0.1:{silent.getsockname()[1]}/airflow", timeout_s=0.1)
    assert error.tried.startswith("the metadata DB could not be reached: ")
    assert error.remedy.startswith("check host and port")


def test_nothing_stays_open(postgres_url: str) -> None:
    mine = text("SELECT count(*) FROM pg_stat_activity WHERE usename = 'airflow'")
    for _ in range(3):
        with open_metadata(postgres_url) as connection:
            assert int(connection.execute(mine).scalar() or 0) <= 2


@pytest.mark.parametrize(
    ("url", "said", "remedy"),
    [
        ("postgresql://airflow:bait-wrong@/airflow?{postgres}", "authentication failed", "check user"),
        ("postgresql://airflow@/airflow?{postgres}", "no password supplied", "check user"),
        ("postgresql://nobody:bait@/airflow?{postgres}", "authentication failed", "check user"),
        ("postgresql://airflow:bait@127.0.0.1:1/airflow", "refused", "check host and port"),
        ("postgres://airflow:bait@nowhere.invalid/airflow", "nowhere.invalid", "check host and port"),
        ("postgresql://airflow:bait@/airflow?host=/nowhere", "/nowhere", "check host and port"),
        ("postgresql://airflow:bait@/airflow?sslmode=perhaps", "sslmode", "check host and port"),
        ("postgresql://airflow:bait@/airflow?{postgres}&colour=red", "colour", "check host"),
        ("mysql://airflow:bait@127.0.0.1:1/airflow", "Can't connect to MySQL server", "check host and port"),
        ("mysql://airflow:bait@127.0.0.1:1/airflow?colour=red", "colour", "check host and port"),
    ],
)  # fmt: skip
def test_who_cannot_connect_is_told_why(postgres: str, url: str, said: str, remedy: str) -> None:
    error = failure(url.format(postgres=postgres))
    assert error.tried.startswith("the metadata DB could not be reached: ")
    assert said in error.tried
    assert error.remedy.startswith(remedy)
    assert "://" in error.where


def test_a_missing_database_of_a_server(postgres_url: str) -> None:
    error = failure(postgres_url.replace("/airflow?", "/none?"))
    assert 'database "none" does not exist' in error.tried
    assert error.remedy.startswith("check the name of the database")


def test_a_wrong_password_on_mariadb(mariadb: str) -> None:
    error = failure(f"mysql://airflow:bait@localhost/airflow?{mariadb}")
    assert "Access denied for user" in error.tried
    assert error.remedy.startswith("check user and password")


def test_the_sum_of_all_connections_may_be_taken(postgres: str, postgres_url: str) -> None:
    address = parse_address(f"postgresql://postgres@/postgres?{postgres}")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ALTER ROLE airflow CONNECTION LIMIT 0"))
        try:
            error = failure(postgres_url)
        finally:
            connection.execute(text("ALTER ROLE airflow CONNECTION LIMIT 40"))
    engine.dispose()
    assert "too many connections" in error.tried
    assert error.remedy.startswith("the server has no connection left")


def test_a_table_that_may_not_be_read_is_said(postgres_url: str) -> None:
    error = failure(postgres_url, "SELECT * FROM pg_authid")
    assert "permission denied" in error.tried
    assert error.remedy == "let this user read Airflow's tables"
