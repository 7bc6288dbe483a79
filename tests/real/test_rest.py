"""A real API server of Airflow 3 is read end to end: 10,000 task instances, pages of 100, one restart."""

# ruff: noqa: E501, S608 - queries are made of names in this file

from __future__ import annotations

import importlib.metadata
import runpy
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_tune.history.reader import read_history

pytestmark = pytest.mark.airflow
if importlib.util.find_spec("airflow") and importlib.metadata.version("apache-airflow").startswith("2"):
    pytest.skip("Airflow 3 has this API", allow_module_level=True)

TESTS = Path(__file__).parents[1]
same = runpy.run_path(str(TESTS / "support" / "same_history.py"))["same"]
TABLES = (
    "dag", "dag_version", "serialized_dag", "slot_pool", "dag_run", "task_instance", "task_instance_history", "job",
)  # fmt: skip
RUNS, TASKS = 100, 100


def columns(connection, table):
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def copy_history(connection, source):
    """Put the rows of a recorded history into an empty metadata DB."""
    connection.execute("ATTACH ? AS old", (str(source),))
    for table in TABLES:
        names = ", ".join(f'"{name}"' for name in columns(connection, table))
        connection.execute(f"DELETE FROM main.{table}")
        connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM old.{table}")
    connection.execute("INSERT INTO dag_bundle (name, active) SELECT DISTINCT bundle_name, 1 FROM dag")
    connection.commit()
    connection.execute("DETACH old")


def again(connection, table, where, times, **changed):
    """Insert the row that `where` finds `times` times; `changed` are expressions over `n`, which counts."""
    chosen = [changed.get(name, f'"{name}"') for name in columns(connection, table)]
    count = (
        f"WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < {times - 1})"
    )
    row = f"(SELECT * FROM {table} WHERE {where} LIMIT 1)"
    connection.execute(f"INSERT INTO {table} {count} SELECT {', '.join(chosen)} FROM {row}, counted")


def add_many(connection):
    """Add RUNS × TASKS task instances: copies of one of the recorded DAG lab_wide."""
    run = f"n / {TASKS}"
    name = f"'many__' || printf('%03d', {run})"
    after = f"strftime('%Y-%m-%d %H:%M:%S', run_after, '+' || (60 * ({run} + 1)) || ' seconds') || '.250000'"
    again(
        connection, "dag_run", "dag_id = 'lab_wide'", RUNS, id="100000 + n", run_after=after.replace(run, "n"),
        run_id=name.replace(run, "n"), logical_date=after.replace(run, "n"),
    )  # fmt: skip
    again(
        connection, "task_instance", "dag_id = 'lab_wide' AND task_id = 'part_00'", RUNS * TASKS,
        id="'fe' || printf('%030d', n)", run_id=name, task_id=f"'task_' || printf('%03d', n % {TASKS})",
    )  # fmt: skip
    connection.commit()


@pytest.fixture(scope="module")
def served(real_airflow, tmp_path_factory):
    airflow = real_airflow(LOGGING__LOGGING_LEVEL="WARNING")
    source = tmp_path_factory.mktemp("recorded") / "metadata.sqlite"
    shutil.copy(TESTS / "fixtures" / "histories" / "E1" / "metadata.sqlite", source)
    with closing(sqlite3.connect(airflow.db)) as connection:
        copy_history(connection, source)
        add_many(connection)
    airflow.start("api-server")
    airflow.wait("the API server", airflow.answers)
    return airflow


def by_db(airflow):
    engine = sa.create_engine(f"sqlite:///{airflow.db}")
    with engine.connect() as connection:
        found = read_history(connection)
    engine.dispose()
    return found


def test_ten_thousand_task_instances_are_read_with_a_restart_in_between(served):
    from airflow_tune.api.access import Access  # noqa: PLC0415 - an extra
    from airflow_tune.api.session import Session  # noqa: PLC0415
    from airflow_tune.history.rest import read_rest  # noqa: PLC0415

    restarted = []

    def told(count, _runs, _of):
        if count > 2000 and not restarted:
            restarted.append(count)
            served.stop("api-server")
            served.start("api-server")

    module = runpy.run_path(str(TESTS / "support" / "real_airflow.py"))
    access = Access(served.url, module["USER"], module["PASSWORD"], page_limit=100)
    with closing(Session(access)) as session:
        found = read_rest(session, told=told)
    assert restarted
    assert restarted[0] < 10_000
    assert len(found.tries) == RUNS * TASKS + 138
    same(found, by_db(served))
