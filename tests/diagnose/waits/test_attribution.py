"""What each kind of wait is charged to, on histories small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.result import attribute_waits
from airflow_tune.diagnose.waits.stretches import stretches
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.draft import RescheduleRow
from airflow_tune.versions import AirflowVersion


def machinery(version="3.3", executor=ExecutorKind.CELERY, parallelism=100, **more):
    return Machinery(AirflowVersion(version), executor, parallelism, **more)


def waits(history, **more):
    found = attribute_waits(history, machinery(str(history.version), **more))
    assert sum(wait.seconds for wait in found.by_limit) == pytest.approx(found.total_s)
    return {wait.limit: (round(wait.seconds, 3), wait.task_instances) for wait in found.by_limit}


def ti(task, times, run=1, dag="d", **more):
    scheduled, queued, start, end = times
    return {"dag": dag, "task": task, "run": run, "scheduled": scheduled, "queued": queued, "start": start,
            "end": end, **more}  # fmt: skip


GRAPH = {"d": {"a": {}, "b": {}, "c": {}}}


def test_what_no_limit_held_goes_to_the_scheduler_and_the_executor(make_history):
    history = make_history([ti("a", (1, 3, 7, 10))], graphs=GRAPH)
    assert waits(history) == {"executor": (4, 1), "scheduler": (3, 1)}


def test_a_full_pool_holds_until_the_next_look(make_history):
    tries = [ti("a", (0, 0, 0, 10), pool="p"), ti("b", (0, 12, 12, 20), pool="p")]
    history = make_history(tries, pools=[("p", 1, False)], graphs=GRAPH)
    assert waits(history) == {"pool:p": (12, 1)}


def test_two_slots_wait_where_one_would_not(make_history):
    tries = [
        ti("a", (0, 0, 0, 10), pool="p"),
        ti("b", (5, 10, 10, 20), pool="p", slots=2),
        ti("c", (5, 5, 5, 6), pool="p"),
    ]
    history = make_history(tries, pools=[("p", 2, False)], graphs=GRAPH)
    assert waits(history) == {"pool:p": (5, 1), "scheduler": (10, 2)}


def test_more_slots_than_the_pool_has_wait_for_ever(make_history):
    tries = [
        ti("a", (0, None, None, None), pool="p", slots=3, state="scheduled"),
        ti("b", (0, 0, 0, 50)),
    ]
    history = make_history(tries, pools=[("p", 2, False)], graphs=GRAPH)
    assert waits(history) == {"pool:p": (50, 1)}


@pytest.mark.parametrize("pool", [("p", -1, False), ("other", 1, False)], ids=["infinite", "gone"])
def test_an_infinite_pool_and_one_that_is_gone_hold_nothing(make_history, pool):
    tries = [ti("a", (0, 0, 0, 10), pool="p"), ti("b", (0, 12, 12, 20), pool="p")]
    assert waits(make_history(tries, pools=[pool], graphs=GRAPH)) == {"scheduler": (12, 1)}


def test_deferred_task_instances_hold_a_pool_only_where_it_says_so(make_history):
    tries = [ti("a", (30, 31, 0, 40), pool="p"), ti("b", (0, 31, 31, 32), pool="p")]
    for include, wanted in ((True, "pool:p"), (False, "scheduler")):
        history = make_history(tries, pools=[("p", 1, include)], graphs=GRAPH)
        assert waits(history)[wanted][0] >= 31


@pytest.mark.parametrize(
    ("version", "wanted"), [("3.3", "scheduler"), ("2.11", "max_active_tasks:d")], ids=["run", "dag"]
)
def test_max_active_tasks_counts_per_run_in_3_and_per_dag_in_2(make_history, version, wanted):
    tries = [ti("a", (0, 0, 0, 10)), ti("a", (0, 10, 10, 20), run=2)]
    history = make_history(tries, dags=[("d", 1, 16)], graphs=GRAPH, version=version)
    assert waits(history) == {wanted: (10, 1)}


def test_max_active_tasks_holds_within_a_run(make_history):
    tries = [ti("a", (0, 0, 0, 10)), ti("b", (0, 10, 10, 20))]
    history = make_history(tries, dags=[("d", 1, 16)], graphs=GRAPH)
    assert waits(history) == {"max_active_tasks:d": (10, 1)}


def test_a_tasks_limit_over_all_runs(make_history):
    tries = [ti("a", (0, 0, 0, 10)), ti("a", (0, 10, 10, 20), run=2)]
    history = make_history(tries, graphs={"d": {"a": {"max_active_tis_per_dag": 1}}})
    assert waits(history) == {"max_active_tis_per_dag:d.a": (10, 1)}


def test_a_tasks_limit_in_each_run(make_history):
    tries = [
        ti("a", (0, 0, 0, 10), map_index=0),
        ti("a", (0, 10, 10, 20), map_index=1),
        ti("a", (0, 15, 15, 20), run=2),
        ti("b", (0, 0, 0, 1)),
    ]
    history = make_history(tries, graphs={"d": {"a": {"max_active_tis_per_dagrun": 1}, "b": {}}})
    assert waits(history) == {"max_active_tis_per_dagrun:d.a": (10, 1), "scheduler": (15, 1)}


def test_parallelism_keeps_celery_tasks_scheduled_with_the_tail_of_a_slot(make_history):
    tries = [ti("a", (0, 0, 0, 10)), ti("b", (0, 16, 16, 20))]
    assert waits(make_history(tries, graphs=GRAPH), parallelism=1) == {"parallelism": (16, 1)}


def test_schedulers_add_up(make_history):
    tries = [ti("a", (0, 0, 0, 10)), ti("b", (0, 9, 9, 20))]
    assert waits(make_history(tries, graphs=GRAPH), parallelism=1, schedulers=2) == {"scheduler": (9, 1)}


def test_the_local_executor_of_3_lets_them_queue_and_wait_for_a_worker_process(make_history):
    tries = [ti("a", (0, 0, 0, 10)), ti("b", (0, 0, 16, 20))]
    found = waits(make_history(tries, graphs=GRAPH), executor=ExecutorKind.LOCAL, parallelism=1)
    assert found == {"parallelism": (15.05, 1), "executor": (0.95, 1)}


def test_the_local_executor_of_2_bounds_what_is_queued(make_history):
    tries = [ti("a", (None, 0, 0, 10)), ti("b", (None, 10, 12, 20))]
    history = make_history(tries, graphs=GRAPH, version="2.11")
    found = waits(history, executor=ExecutorKind.LOCAL, parallelism=1)
    assert found == {"parallelism": (10, 1), "executor": (2, 1)}


def test_workers_without_a_free_slot_keep_celery_tasks_queued(make_history):
    tries = [ti("a", (0, 0, 0, 10)), ti("b", (0, 0, 12, 20))]
    assert waits(make_history(tries, graphs=GRAPH), worker_slots=1) == {"worker_slots": (12, 1)}


def test_unlimited_parallelism_holds_nothing(make_history):
    tries = [ti("a", (0, 0, 0, 10)), ti("b", (0, 9, 9, 20))]
    assert waits(make_history(tries, graphs=GRAPH), parallelism=0) == {"scheduler": (9, 1)}


def test_the_first_limit_in_the_schedulers_order_is_charged(make_history):
    tries = [ti("a", (0, 0, 0, 10), pool="p"), ti("b", (0, 10, 10, 20), pool="p")]
    history = make_history(tries, pools=[("p", 1, False)], dags=[("d", 1, 16)], graphs=GRAPH)
    assert waits(history) == {"pool:p": (10, 1)}
    # At 0 and 10 something was queued: for as long as a pass of the loop takes the executor had room.
    assert waits(history, parallelism=1) == {"parallelism": (9.8, 1), "pool:p": (0.2, 1)}


def test_a_deferred_task_waits_for_its_first_start_and_again_when_it_resumes(make_history):
    tries = [ti("a", (0, 0, 0, 10), pool="p"), ti("b", (60, 63, 25, 70), pool="p")]
    history = make_history(tries, pools=[("p", 1, False)], graphs=GRAPH)
    assert waits(history) == {"pool:p": (20, 1), "unknown": (5, 1), "scheduler": (3, 1)}


def test_a_first_start_before_deferral_waited_for_a_worker_process(make_history):
    tries = [ti("a", (0, 0, 0, 10)), ti("b", (60, 60, 15, 70))]
    found = waits(make_history(tries, graphs=GRAPH), executor=ExecutorKind.LOCAL, parallelism=1)
    assert found["parallelism"] == (15, 1)


def test_a_queued_time_just_after_start_is_a_clock_that_differs(make_history):
    history = make_history([ti("a", (0, 2, 1.8, 10))], graphs=GRAPH)
    assert waits(history) == {"scheduler": (2, 1)}


def test_an_empty_operator_waits_for_the_scheduler_alone(make_history):
    tries = [
        ti("a", (None, None, 3, 3), operator="EmptyOperator"),
        ti("b", (None, None, 3, 3), state="skipped"),
    ]
    assert waits(make_history(tries, graphs=GRAPH)) == {"scheduler": (3, 1)}


def test_what_still_waits_counts_up_to_now(make_history):
    tries = [
        ti("a", (1, None, None, None), state="scheduled"),
        ti("b", (0, 0, None, None), state="queued"),
        ti("c", (0, 0, 0, None), state="running"),
        ti("c", (0, 0, 0, 9), run=2),
    ]
    assert waits(make_history(tries, graphs=GRAPH)) == {"executor": (9, 1), "scheduler": (9, 1)}


def test_nothing_is_lost_where_there_is_nothing(make_history):
    found = attribute_waits(make_history([]), machinery())
    assert (found.total_s, found.by_limit) == (0.0, ())


def ready(history):
    found = stretches(history)
    tasks = [history.task_name(task) for task in history.tries.task[found.row]]
    return dict(zip(tasks, (found.ready / 1e6).tolist(), strict=True))


CHAIN = {"a": {"downstream": ["c"]}, "b": {"downstream": ["c"]}, "c": {}}


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [("all_success", 9), ("all_done", 9), ("one_success", 4), ("one_failed", 4), ("always", 1)],
)
def test_ready_is_when_the_trigger_rule_was_fulfilled(make_history, rule, wanted):
    tries = [ti("a", (1, 1, 1, 9)), ti("b", (1, 1, 1, 4)), ti("c", (12, 12, 12, 13))]
    graphs = {"d": {**CHAIN, "c": {"trigger_rule": rule}}}
    history = make_history(tries, runs=[{"id": 1, "dag": "d", "start": 1}], graphs=graphs)
    assert ready(history)["d.c"] == wanted


def test_ready_waits_for_the_last_mapped_task_instance(make_history):
    tries = [ti("a", (0, 0, 0, n), map_index=n) for n in (3, 7, 5)] + [ti("c", (9, 9, 9, 10))]
    assert ready(make_history(tries, graphs={"d": CHAIN}))["d.c"] == 7


def test_ready_follows_depends_on_past(make_history):
    tries = [ti("a", (0, 0, 0, 6)), ti("a", (8, 8, 8, 9), run=2)]
    runs = [{"id": 1, "dag": "d", "due": 0}, {"id": 2, "dag": "d", "due": 1}]
    history = make_history(tries, runs=runs, graphs={"d": {"a": {"depends_on_past": True}}})
    assert ready(history)["d.a"] == 6


@pytest.mark.parametrize(
    ("facts", "scheduled", "wanted"),
    [
        ({"retry_delay_s": 5}, 17, 15),
        ({"retry_delay_s": 5, "retry_exponential": True}, 17, 17),
        ({"retry_delay_s": 5, "retry_exponential": True}, 25, 20),
    ],
    ids=["plain", "exponential, within its range", "exponential, later"],
)
def test_ready_after_a_failed_try_is_when_the_retry_delay_is_over(make_history, facts, scheduled, wanted):
    tries = [ti("a", (scheduled, scheduled, scheduled, 30), try_number=2)]
    earlier = [ti("a", (0, 0, 0, 10), state="failed")]
    history = make_history(tries, earlier=earlier, graphs={"d": {"a": facts}})
    assert ready(history)["d.a"] == wanted


def test_ready_after_a_cleared_success_has_no_retry_delay(make_history):
    history = make_history(
        [ti("a", (12, 12, 12, 30), try_number=2)], earlier=[ti("a", (0, 0, 0, 10))], graphs={"d": {"a": {}}}
    )
    assert ready(history)["d.a"] == 10


def test_ready_of_a_sensor_is_when_its_last_poke_was_due(make_history):
    late = [RescheduleRow(1, "d", "a", -1, np.datetime64(8_000_000, "us")),
            RescheduleRow(99, "d", "a", -1, np.datetime64(9_000_000, "us"))]  # fmt: skip
    history = make_history([ti("a", (9, 9, 9, 10))], graphs={"d": {"a": {}}}, reschedules=late)
    assert ready(history)["d.a"] == 8


def test_ready_is_never_after_scheduled_and_unknown_tasks_are_ready_when_scheduled(make_history):
    tries = [ti("a", (2, 2, 2, 9)), ti("c", (4, 4, 4, 10)), ti("x", (5, 6, 6, 7))]
    found = ready(make_history(tries, graphs={"d": CHAIN}))
    assert found == {"d.a": 0, "d.c": 4, "d.x": 5}


def test_ready_of_two_dags_do_not_mix(make_history):
    tries = [ti("a", (0, 0, 0, 3), run=run, dag=dag) for run, dag in ((1, "d"), (2, "e"), (3, "e"))]
    tries += [ti("c", (8, 8, 8, 9), run=run, dag=dag) for run, dag in ((1, "d"), (2, "e"), (3, "e"))]
    history = make_history(tries, graphs={"d": CHAIN, "e": {"a": {}, "c": {}}})
    assert ready(history) == {"d.a": 0, "d.c": 3, "e.a": 0, "e.c": 0}
