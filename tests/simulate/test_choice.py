"""The choice is Airflow's own: random states in its metadata DB, its own scheduler beside ours."""

from __future__ import annotations

import importlib.metadata
import json
import os
import random
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_tune.versions import AirflowVersion

# Tests are no package: their helpers are found by path.
STATES = runpy.run_path(str(Path(__file__).with_name("scheduler_states.py")))
WORKER = Path(__file__).with_name("airflow_chooses.py")
COUNT = 5000 if os.environ.get("AIRFLOW_TUNE_THOROUGH") else 60
# Another seed looks elsewhere.
SEED = int(os.environ.get("AIRFLOW_TUNE_SEED", "1"))


def airflow_chooses(dags, states, home):
    asked, answered = home / "states.json", home / "choices.json"
    asked.write_text(json.dumps({"dags": dags, "states": states}))
    done = subprocess.run(
        [sys.executable, str(WORKER), str(asked), str(answered)],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONWARNINGS": "ignore",
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor,CeleryExecutor",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "_AIRFLOW__SKIP_DATABASE_EXECUTOR_COMPATIBILITY_CHECK": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(answered.read_text())


@pytest.mark.airflow
def test_the_same_task_instances_are_queued_in_the_same_order(tmp_path):
    version = AirflowVersion(importlib.metadata.version("apache-airflow"))
    dags, rng = STATES["make_dags"](SEED), random.Random(SEED)  # noqa: S311 - no secret
    states = [STATES["make_state"](rng, dags) for _ in range(COUNT)]
    differ = ties = 0
    for state, theirs in zip(states, airflow_chooses(dags, states, tmp_path), strict=True):
        ours = STATES["simulated"](state, dags, is_3=version.limits_active_tasks_per_run)
        if ours != theirs:
            tied = STATES["has_ties"](state)
            ties += tied
            differ += not tied
    assert (differ, ties <= COUNT // 20) == (0, True), (
        f"{ties} of {COUNT} differ where Airflow leaves ties open"
    )


def state(tis, *, pools=None, limit=16, tasks=None, max_tis=16, free=50):
    """Return a state of one DAG with one DAG run, and the DAG."""
    dags = {"d": tasks or {ti[0]: [None, None] for ti in tis}}
    return dags, {
        "pools": pools or {"p": [8, False]},
        "dags": {"d": [limit, False]},
        "runs": [["d", "r", "running", 0]],
        "tis": [
            ["d", "r", name, -1, found, pool, slots, weight, None] for name, found, pool, slots, weight in tis
        ],
        "max_tis": max_tis,
        "free": [free, free],
    }


def chosen(made, *, is_3=True):
    dags, one = made
    return [task for _, _, task, _ in STATES["simulated"](one, dags, is_3=is_3)]


def many(count, *, slots=1, pool="p"):
    return [(f"t{n}", "scheduled", pool, slots, 100 - n) for n in range(count)]


def test_weight_decides_the_order():
    assert chosen(state([("a", "scheduled", "p", 1, 1), ("b", "scheduled", "p", 1, 9)])) == ["b", "a"]


def test_a_pass_queues_no_more_than_its_batch():
    assert len(chosen(state(many(10), max_tis=3))) == 3


def test_a_full_pool_lets_others_pass():
    made = state(
        [*many(3, pool="q"), ("last", "scheduled", "p", 1, 0)], pools={"p": [8, False], "q": [0, False]}
    )
    assert chosen(made) == ["last"]


def test_what_wants_more_slots_than_are_open_is_overtaken():
    assert chosen(state([("big", "scheduled", "p", 9, 5), ("small", "scheduled", "p", 1, 1)])) == ["small"]


def test_a_starved_batch_is_fetched_again_without_what_starved():
    starved = [("big", "scheduled", "p", 9, 90)]
    assert chosen(state([*starved, ("small", "scheduled", "p", 1, 1)], max_tis=1)) == ["small"]


@pytest.mark.parametrize(("counted", "is_3", "left"), [(False, True, 2), (True, True, 1), (True, False, 1)])
def test_deferred_task_instances_hold_pool_slots_where_the_pool_says_so(counted, is_3, left):
    made = state([("d", "deferred", "p", 1, 1), *many(3)], pools={"p": [2, counted]})
    assert len(chosen(made, is_3=is_3)) == left


@pytest.mark.parametrize(("is_3", "expected"), [(True, []), (False, ["t"])])
def test_a_task_limit_counts_deferred_ones_in_3_only(is_3, expected):
    dags, one = state([], tasks={"t": [1, None]})
    one["tis"] = [
        ["d", "r", "t", n, found, "p", 1, 1, None] for n, found in enumerate(["deferred", "scheduled"])
    ]
    assert chosen((dags, one), is_3=is_3) == expected


def test_max_active_tasks_is_a_limit_on_each_dag_run_in_3_and_on_the_dag_in_2():
    dags, one = state(many(2), limit=2)
    one["runs"].append(["d", "r2", "running", 1])
    one["tis"] += [["d", "r2", *ti[2:]] for ti in one["tis"]]
    assert (len(chosen((dags, one))), len(chosen((dags, one), is_3=False))) == (4, 2)


def test_a_full_executor_starves_its_own_tasks_only():
    dags, one = state(many(3))
    one["tis"][0][8] = "CeleryExecutor"
    one["free"] = [50, 0]
    assert chosen((dags, one)) == ["t1", "t2"]
