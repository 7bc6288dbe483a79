"""What each change does to a situation, and what cannot be changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from airflow_tune.errors import UsageError
from airflow_tune.simulate.change import CHANGES, Scenario, apply, parse_change
from airflow_tune.simulate.study import play_once
from airflow_tune.versions import AirflowVersion


def changed(situation, *texts):
    return apply(situation, Scenario("", tuple(parse_change(text, where="--set") for text in texts)))


@pytest.fixture
def local(situation_of):
    return situation_of("E1")


@pytest.fixture
def celery(situation_of):
    return situation_of("E11")


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("core.parallelism=16", "parallelism", 16),
        ("scheduler.max_tis_per_query=64", "max_tis_per_query", 64),
        ("scheduler.scheduler_idle_sleep_time=0.25", "idle_sleep_s", 0.25),
        ("scheduler.max_dagruns_to_create_per_loop=3", "runs_created", 3),
        ("scheduler.max_dagruns_per_loop_to_schedule=40", "runs_examined", 40),
        ("schedulers=2", "schedulers", 2),
    ],
)
def test_a_setting_changes_the_system(local, text, field, value):
    assert getattr(changed(local, text).system, field) == value


def test_a_pool_changes_its_slots(local):
    pools = changed(local, "pool:db_pool=8").history.pools
    assert dict(zip(pools.names, pools.slots.tolist(), strict=True))["db_pool"] == 8


def test_only_dags_that_follow_the_setting_follow_its_change(local):
    dags = changed(local, "core.max_active_runs_per_dag=4").history.dags
    assert dict(zip(dags.names, dags.max_active_runs.tolist(), strict=True))["lab_single_run"] == 1
    assert dict(zip(dags.names, dags.max_active_runs.tolist(), strict=True))["lab_wide"] == 4
    assert set(changed(local, "core.max_active_tasks_per_dag=3").history.dags.max_active_tasks) == {3}


@pytest.mark.parametrize(
    ("text", "count", "concurrency", "reserve"),
    [
        ("workers=5", 5, 8, 8),
        ("celery.worker_concurrency=4", 2, 4, 4),
        ("celery.worker_autoscale=6,2", 2, 6, 6),
        ("celery.worker_prefetch_multiplier=2", 2, 8, 16),
    ],
)
def test_celery_workers_change(celery, text, count, concurrency, reserve):
    (group,) = changed(celery, text).system.executors[0].workers
    assert (group.count, group.concurrency, group.reserve) == (count, concurrency, reserve)


def test_another_executor_takes_all_tasks(local):
    found = changed(local, "core.executor=CeleryExecutor", "workers=3", "celery.worker_concurrency=4")
    (executor,) = found.system.executors
    assert [(group.count, group.concurrency) for group in executor.workers] == [(3, 4)]


@pytest.mark.parametrize(("load", "runs"), [("1", 14), ("2", 28), ("1.5", 21), ("0.5", 7)])
def test_load_scales_the_dag_runs(local, load, runs):
    history = changed(local, f"load={load}").history
    assert (
        len(history.runs)
        == len(set(zip(history.runs.dag.tolist(), history.runs.run_ids, strict=True)))
        == runs
    )
    assert bool((history.runs.dag[history.tries.run] == history.dag_of_try).all())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("core.paralelism=8", 'did you mean "core.parallelism"'),
        ("pool:db_pol=8", 'did you mean "db_pool"'),
        ("core.parallelism=0", "cannot be 0"),
        ("core.parallelism=many", "is no whole number"),
        ("workers=0", "cannot be 0"),
        ("workers=2", "says nothing to LocalExecutor"),
        ("load=0", "cannot be 0"),
        ("load=inf", "cannot be inf"),
        ("core.executor=CelryExecutor", 'did you mean "CeleryExecutor"'),
        ("scheduler.schedule_after_task_execution=True", "has no mini-scheduler"),
        ("core.parallelism", "is no change"),
    ],
)
def test_what_cannot_be_is_refused(local, text, told):
    with pytest.raises(UsageError) as error:
        changed(local, text)
    assert told in str(error.value)


def test_a_scenario_that_contradicts_itself_is_refused(local):
    with pytest.raises(UsageError, match="is to be 8 and 16 at once"):
        changed(local, "core.parallelism=8", "core.parallelism=16")


def test_2_has_a_mini_scheduler_and_unlimited_parallelism(local):
    two = replace(local, history=replace(local.history, version=AirflowVersion("2.11.2")))
    system = changed(two, "scheduler.schedule_after_task_execution=False", "core.parallelism=0").system
    assert (system.mini_scheduler, system.parallelism) == (False, 0)


def test_a_shorter_heartbeat_frees_slots_sooner(local):
    quick = changed(local, "workers.min_heartbeat_interval=1")
    assert quick.system.latencies.tail_slow_s == pytest.approx(1.05)
    assert quick.machinery.slot_tail_s == pytest.approx(1.05)
    before, after = (play_once(one, 0)[0].wait.mean for one in (local, quick))
    assert after < 0.85 * before
    two = replace(local, history=replace(local.history, version=AirflowVersion("2.11.2")))
    with pytest.raises(UsageError, match="Airflow 2 has no such option"):
        changed(two, "workers.min_heartbeat_interval=1")


def test_every_change_is_told_of_in_the_manual():
    manual = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in CHANGES if f"`{name}`" not in manual] == []
