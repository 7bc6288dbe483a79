"""`why` on a running Airflow 3: squeezed by each limit in turn, it names the limit and who has its slots."""

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
if importlib.util.find_spec("airflow") and importlib.metadata.version("apache-airflow").startswith("2"):
    pytest.skip("a running Airflow 3 is asked", allow_module_level=True)

DAGS = Path(__file__).parent / "dags" / "squeezed.py"
PARALLELISM = 4


@pytest.fixture(scope="module")
def running(real_airflow):
    """A running Airflow with four slots, and a pool of one."""
    airflow = real_airflow(
        CORE__PARALLELISM=str(PARALLELISM),
        CORE__EXECUTOR="LocalExecutor",
        DAG_PROCESSOR__REFRESH_INTERVAL="1",
        SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME="0.2",
        LOGGING__LOGGING_LEVEL="WARNING",
    )
    shutil.copy(DAGS, airflow.home / "dags")
    airflow.start("api-server", "dag-processor", "scheduler")
    airflow.wait("the API server", airflow.answers)
    airflow.login()
    airflow.asked("POST", "/api/v2/pools", {"name": "narrow", "slots": 1})
    airflow.wait("all DAGs", lambda: airflow.asked("GET", "/api/v2/dags")["total_entries"] == 9)
    return airflow


def trigger(airflow, *dags):
    for dag in dags:
        airflow.asked("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None})


def states(airflow, dag):
    with closing(sqlite3.connect(f"file:{airflow.db}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT state FROM task_instance WHERE dag_id = ?", (dag,))
        return sorted(str(state) for (state,) in rows)


def tune(airflow, *args):
    env = {**os.environ, **{k: v for k, v in airflow.env.items() if k.startswith("AIRFLOW")}}
    command = [sys.executable, "-m", "airflow_tune", *args, "--db", "cfg", "--format", "json"]
    found = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def squeezed(airflow, dag, *expected):
    """Trigger `dag`, whose tasks hold what they get, and wait until its task instances have these states."""
    trigger(airflow, dag)
    airflow.wait(f"{expected} of {dag}", lambda: states(airflow, dag) == sorted(expected))


def release(airflow, dag):
    (airflow.home / f"released-{dag}").touch()
    airflow.wait(f"{dag} to end", lambda: set(states(airflow, dag)) == {"success"})


def waiting(airflow):
    found = tune(airflow, "why", "--now")["waiting"]
    waits = [one["waited_s"] for one in found]
    assert waits == sorted(waits, reverse=True)
    return {(one["task"], one["map_index"]): one for one in found}


def of_states(airflow, dag, *wanted):
    with closing(sqlite3.connect(f"file:{airflow.db}?mode=ro", uri=True)) as connection:
        query = "SELECT task_id, map_index, state FROM task_instance WHERE dag_id = ?"
        rows = connection.execute(query, (dag,)).fetchall()
    return {(task, index) for task, index, state in rows if state in wanted}


@pytest.mark.parametrize(
    ("dag", "limit", "expected"),
    [
        ("by_pool", "pool:narrow", ("running", "scheduled", "scheduled")),
        ("by_dag", "max_active_tasks:by_dag", ("running", "scheduled", "scheduled")),
        ("by_task", "max_active_tis_per_dag:by_task.mapped", ("running", "scheduled", "scheduled")),
        ("by_parallelism", "parallelism", (*["queued"] * 4, *["running"] * 4)),
    ],
)
def test_the_limit_that_squeezes_is_named_with_those_that_have_its_slots(running, dag, limit, expected):
    squeezed(running, dag, *expected)
    idle = of_states(running, dag, "scheduled", "queued")
    found = waiting(running)
    for task, index in idle:
        one = found[f"{dag}.{task}", index]
        assert (one["limit"], one["never"]) == (limit, None)
    task, index = min(idle)
    (story,) = tune(running, "why", dag, task, "--map-index", str(index))["tries"]
    last = story["waits"][-1]
    assert last["limit"] == limit
    holders = {(holder["task"], holder["map_index"]) for holder in last["holders"]}
    own = {(task, index) for task, index in holders if task.startswith(f"{dag}.")}
    assert own == {(f"{dag}.{task}", index) for task, index in of_states(running, dag, "running")}
    # What has just ended may still hold the executor's slot; no other limit has a tail.
    assert own == holders or limit == "parallelism"
    assert limit in {one["limit"] for one in story["sooner"]}
    release(running, dag)


def test_what_can_never_start_is_named(running):
    never = {
        "never_fits.t0": "it asks for 2 slots of pool narrow, which has 1",
        "never_pool.t0": "pool missing does not exist or has no slots",
        "never_paused.t0": "DAG never_paused is paused",
        "never_allowed.t0": "max_active_tasks of DAG never_allowed is 0",
    }
    squeezed(running, "by_pool_too", "running")
    dags = [task.partition(".")[0] for task in never]
    trigger(running, *dags)
    running.wait(
        "never to be scheduled", lambda: [states(running, dag) for dag in dags] == [["scheduled"]] * 4
    )
    running.asked("PATCH", "/api/v2/dags/never_paused", {"is_paused": True})
    release(running, "by_pool_too")
    found = waiting(running)
    assert {task: found[task, -1]["never"] for task in never} == never
