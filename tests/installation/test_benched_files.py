"""Real results of `bench`, of an Airflow 3.3.2 and of a PostgreSQL on the same host, read by --bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_tune.diagnose.db_wait import scheduler_db_wait

RESULTS = Path(__file__).parents[1] / "fixtures" / "benched"
CFG = "[database]\nsql_alchemy_conn = DB://db/airflow\n"


def test_the_task_that_was_run_takes_what_it_took_where_it_was_measured(build):
    known = build().footprint.task_process_bytes
    found = build(bench=RESULTS / "airflow-3.3.json").footprint.task_process_bytes
    assert found.value == pytest.approx(known.value, rel=0.01)
    assert "the process of a real task takes on vm" in str(found.origin)


def test_a_curve_that_was_disturbed_bounds_nothing_and_a_near_server_is_near(build):
    found = build(CFG.replace("DB", "postgresql"), bench=RESULTS / "postgresql.json")
    assert found.benched_database.connections is None
    assert found.benched_database.round_trip_s.value == pytest.approx(1.5e-5, rel=0.1)
    assert scheduler_db_wait(found) is None


def test_it_says_nothing_of_a_mysql(build):
    assert build(CFG.replace("DB", "mysql"), bench=RESULTS / "postgresql.json").benched_database is None
