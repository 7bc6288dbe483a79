"""Workloads on a real PostgreSQL and MariaDB: they run, and leave no table behind, whatever ends them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from airflow_tune.bench.catalog import workload
from airflow_tune.bench.kit.database.server import connected, server_store, sweep
from airflow_tune.bench.kit.database.store import Store
from airflow_tune.bench.kit.database.table import PREFIX
from airflow_tune.bench.kit.records import rows
from airflow_tune.bench.workload import Wishes
from airflow_tune.errors import SourceError, UsageError

NAMES = ("db-write", "db-commit", "db-connect", "db-concurrency")
WAYS = (Store.one_by_one, Store.many, Store.bulk)


@pytest.fixture(params=["postgres_url", "mariadb_url"])
def db_url(request):
    return request.getfixturevalue(request.param)


def tables(url):
    with connected(url) as (connection, _):
        cursor = connection.cursor()
        cursor.execute("SELECT table_name FROM information_schema.tables")
        return [row[0] for row in cursor.fetchall() if row[0].startswith(PREFIX)]


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_and_leaves_no_table(run_workload, db_url, name):
    ran = run_workload(name, db_url=db_url)
    assert ran.complaint == ""
    assert len(ran.figures) > 1
    assert all(0 < one["round_trip_s"] < 1 for one in ran.figures.values())
    assert (ran.processes, ran.files) == ([], [])
    assert tables(db_url) == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_all_ways_write_the_same_rows(db_url, way):
    given = rows(450)
    with server_store(db_url) as store:
        way(store, given)
        store.commit()
        cursor = store.connection.cursor()
        cursor.execute(f"SELECT * FROM {store.table} ORDER BY id")  # noqa: S608 - our own
        assert [tuple(row) for row in cursor.fetchall()] == given


HOLD = """
import signal, sys
from airflow_tune.bench.kit.database.server import server_store
with server_store(sys.argv[1]) as store:
    print(store.table, flush=True)
    signal.pause()
"""
"""A run that is killed while it uses its table."""


def test_what_a_killed_run_left_is_removed_and_what_a_living_one_uses_is_not(db_url):
    command = [sys.executable, "-c", HOLD, db_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        left = killed.stdout.readline().strip()
        try:
            assert left
            assert sweep(db_url) == ()
            assert tables(db_url) == [left]
        finally:
            killed.kill()
    with server_store(db_url) as store:
        workload("db-write").clean(Wishes(db_url=db_url))
        assert tables(db_url) == [store.table]
    assert tables(db_url) == []


def test_a_table_goes_when_what_uses_it_fails(db_url):
    with pytest.raises(SourceError), server_store(db_url) as store:
        store.many([(1, "a", 2.0, "x" * 1_000)])
    assert tables(db_url) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_server_that_cannot_be_reached_is_told_without_the_password(name):
    url = "postgresql://airflow:bait@127.0.0.1:1/airflow"
    with pytest.raises(SourceError, match="could not be measured") as told:
        workload(name).variants(Wishes(db_url=url))
    assert "bait" not in str(told.value)


def test_what_the_server_refuses_is_told(db_url):
    with pytest.raises(SourceError, match="could not be measured"), server_store(db_url) as store:
        store.connection.cursor().execute("SELECT nothing FROM nowhere")


def test_sqlite_is_no_server():
    with pytest.raises(UsageError, match="SQLite has no server to measure") as told:
        workload("db-write").variants(Wishes(db_url="sqlite:////somewhere/else.sqlite"))
    assert "leave it out" in told.value.remedy
