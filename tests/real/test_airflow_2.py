"""A metadata DB that Airflow 2 created, with rows from a run that it executed, is read and diagnosed."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.airflow
if importlib.util.find_spec("airflow") and not importlib.metadata.version("apache-airflow").startswith("2"):
    pytest.skip("Airflow 2 runs this", allow_module_level=True)

DAG = Path(__file__).parent / "dags" / "two.py"


@pytest.fixture(scope="module")
def ran(real_airflow):
    """An Airflow 2 in which one DAG run was executed to its end."""
    airflow = real_airflow(
        CORE__EXECUTOR="SequentialExecutor",
        SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME="0.2",
        CORE__EXECUTE_TASKS_NEW_PYTHON_INTERPRETER="False",
        LOGGING__LOGGING_LEVEL="WARNING",
    )
    shutil.copy(DAG, airflow.home / "dags")
    airflow.cli("dags", "reserialize")
    airflow.cli("dags", "trigger", "chain", "--run-id", "one")
    airflow.start("scheduler")

    def state():
        with closing(sqlite3.connect(f"file:{airflow.db}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT state FROM dag_run").fetchone()[0]

    airflow.wait("the run to end", lambda: state() in {"success", "failed"})
    airflow.stop()
    assert state() == "success"
    return airflow


@pytest.fixture
def tune(ran):
    def run(*args):
        env = {**os.environ, **{name: text for name, text in ran.env.items() if name.startswith("AIRFLOW")}}
        command = [sys.executable, "-m", "airflow_tune", *args, "--format", "json"]
        found = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)

    return run


def test_its_waits_are_told_with_less_detail_and_it_says_so(tune):
    report = tune("analyze", "--db", "cfg", "--fail-on", "never")
    assert report["airflow"]["version"].startswith("2.11")
    history = report["history"]
    assert (history["task_instances"], history["dag_runs"]) == (4, 1)
    assert history["waits"]["total_s"] > 0
    assert sum(one["seconds"] for one in history["waits"]["by_limit"]) == pytest.approx(
        history["waits"]["total_s"]
    )
    assert any("Airflow 2 keeps no scheduled time" in note for note in history["notes"])


def test_the_life_of_a_retried_task_is_told(tune):
    life = tune("why", "chain", "double", "--map-index", "0", "--db", "cfg")
    first, second = life["tries"]
    assert (first["state"], second["state"]) == ("failed", "success")
    assert second["retry_wait_s"] == pytest.approx(1, abs=0.5)
    assert all(one["scheduled"] is None and one["queued"] and one["start"] for one in life["tries"])


def test_a_snapshot_of_it_says_the_same(tune, ran, tmp_path):
    env = {**os.environ, **{name: text for name, text in ran.env.items() if name.startswith("AIRFLOW")}}
    path = tmp_path / "s.zip"
    command = [sys.executable, "-m", "airflow_tune", "snapshot", str(path), "--db", "cfg"]
    subprocess.run(command, env=env, check=True, capture_output=True)
    waits = [
        tune("analyze", *source, "--fail-on", "never")["history"]["waits"]
        for source in (("--db", "cfg"), ("--snapshot", str(path)))
    ]
    assert waits[0] == waits[1]
