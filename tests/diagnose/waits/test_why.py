"""The life of one task instance, and of all that wait now."""

from __future__ import annotations

import numpy as np
import pytest

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.now import waiting_now
from airflow_tune.diagnose.waits.why import why
from airflow_tune.errors import UsageError
from airflow_tune.executors import ExecutorKind
from airflow_tune.versions import AirflowVersion

CELERY = Machinery(AirflowVersion("3.3"), ExecutorKind.CELERY, 100)
GRAPH = {"d": {"a": {}, "b": {}, "c": {"max_active_tis_per_dag": 0}}}


def ti(task, times, run=1, **more):
    scheduled, queued, start, end = times
    return {"dag": "d", "task": task, "run": run, "scheduled": scheduled, "queued": queued, "start": start,
            "end": end, **more}  # fmt: skip


def moment(seconds):
    return np.datetime64(int(seconds * 1e6), "us")


def test_a_wait_names_its_limit_and_who_held_it(make_history):
    tries = [
        ti("a", (0, 0, 0, 10), pool="p"),
        ti("b", (2, 10, 11, 20), pool="p"),
        ti("a", (0, 0, 0, 50), run=2),
    ]
    history = make_history(tries, pools=[("p", 1, False)], graphs=GRAPH)
    life = why(history, CELERY, "d", "b")
    (only,) = life.tries
    assert (life.task, life.run_id, life.map_index, only.state) == ("d.b", "r1", -1, "success")
    assert [(wait.limit, wait.seconds) for wait in only.waits] == [
        ("scheduler", 2),
        ("pool:p", 8),
        ("executor", 1),
    ]
    (holder,) = only.waits[1].holders
    assert (holder.task, holder.run_id, holder.held_s) == ("d.a", "r1", 8)
    assert (only.ready, only.queued, only.end) == (moment(0), moment(10), moment(20))
    assert only.slot_free_at_latest == moment(25.05)
    assert only.sooner == (("pool:p", 8), ("scheduler", 2), ("executor", 1))


def test_only_the_longest_holders_are_named_and_the_rest_counted(make_history):
    tries = [ti("a", (0, 0, 0, 10 + n), map_index=n, pool="p") for n in range(12)]
    tries.append(ti("b", (2, 10, 10, 20), pool="p"))
    history = make_history(tries, pools=[("p", 12, False)], graphs=GRAPH)
    wait = why(history, CELERY, "d", "b").tries[0].waits[-1]
    assert (len(wait.holders), wait.holders_left_out) == (10, 2)


def test_every_try_is_told(make_history):
    tries = [ti("a", (12, 12, 12, 13), try_number=2), ti("a", (0, 0, 0, 5), run=2, map_index=3)]
    history = make_history(tries, earlier=[ti("a", (0, 0, 0, 5), state="failed")], graphs=GRAPH)
    assert [life.try_number for life in why(history, CELERY, "d", "a", run_id="r1").tries] == [1, 2]
    assert why(history, CELERY, "d", "a").run_id == "r2"
    assert why(history, CELERY, "d", "a", map_index=3).map_index == 3


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (("x", "a", {}), "no DAG x"),
        (("d", "x", {}), "no task of d called x"),
        (("d", "a", {"run_id": "r9"}), "no task instance of d.a in run r9"),
        (("d", "a", {"map_index": 7}), "with that map index"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(make_history, wanted, message):
    history = make_history([ti("a", (0, 0, 0, 5))], graphs=GRAPH)
    with pytest.raises(UsageError, match=message) as error:
        why(history, CELERY, *wanted[:2], **wanted[2])
    assert error.value.remedy


def test_a_real_squeezed_task_names_its_holders(experiment):
    life = why(experiment.history, experiment.machinery, "lab_wide", "part_21").tries[0]
    longest = max(life.waits, key=lambda wait: wait.seconds)
    assert longest.limit in {"parallelism", "max_active_tasks:lab_wide"}
    held_by_one_dag = longest.limit.startswith("max_active_tasks")
    assert ({holder.task.split(".")[0] for holder in longest.holders} == {"lab_wide"}) == held_by_one_dag


def test_everything_that_waits_now_oldest_first_and_what_never_starts(make_history):
    tries = [
        ti("b", (9, None, None, None), state="scheduled", pool="p", slots=3),
        ti("a", (5, 6, None, None), state="queued"),
        ti("a", (7, None, None, None), run=2, state="scheduled", pool="gone"),
        ti("c", (8, None, None, None), state="scheduled"),
        ti("b", (0, 0, 0, 20), run=2),
    ]
    runs = [{"id": 1, "dag": "d", "start": 4}, {"id": 2, "dag": "d", "start": 6}]
    history = make_history(tries, runs=runs, pools=[("p", 2, False)], graphs=GRAPH)
    found = waiting_now(history, CELERY)
    assert [(one.task, one.waited_s, one.limit) for one in found] == [
        ("d.a", 16, "executor"), ("d.b", 16, "pool:p"), ("d.c", 16, "max_active_tis_per_dag:d.c"),
        ("d.a", 14, "scheduler"),
    ]  # fmt: skip
    assert [one.never for one in found] == [
        "",
        "it asks for 3 slots of pool p, which has 2",
        "max_active_tis of d.c is 0",
        "pool gone does not exist or has no slots",
    ]


@pytest.mark.parametrize(
    ("dag", "never"),
    [(("d", 16, 16, True), "DAG d is paused"), (("d", 0, 16), "max_active_tasks of DAG d is 0")],
)
def test_a_dag_that_runs_nothing_is_named(make_history, dag, never):
    tries = [ti("a", (5, None, None, None), state="scheduled")]
    (found,) = waiting_now(make_history(tries, dags=[dag], graphs=GRAPH), CELERY)
    assert found.never == never
