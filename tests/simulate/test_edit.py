"""Edits of DAGs, each played: what they are to spare, they spare."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from airflow_tune.errors import UsageError
from airflow_tune.simulate.change import Change, Scenario, apply
from airflow_tune.simulate.study import play_once


@pytest.fixture
def local(situation_of, quick):
    return quick(situation_of("E1")).with_system(parallelism=200)


def changed(situation, dag, *edits):
    return apply(situation, Scenario("", tuple(Change(f"dag:{dag}", edit) for edit in edits)))


def duration(situation, dag):
    outcome, stuck = play_once(situation, 0)
    assert not stuck
    return max(run.duration_s for run in outcome.dag_runs if run.dag_id == dag)


def test_a_chain_made_parallel_lasts_as_long_as_its_longest(local):
    steps = ",".join(f"step_{n:02d}" for n in range(10))
    before = duration(local, "lab_chain")
    after = duration(changed(local, "lab_chain", f"parallel:{steps}"), "lab_chain")
    assert after < before / 3


def test_a_dropped_dependency_lets_the_rest_begin(local):
    before = duration(local, "lab_chain")
    assert duration(changed(local, "lab_chain", "drop:step_04>step_05"), "lab_chain") < 0.75 * before


def test_edits_of_one_dag_add_up(local):
    both = changed(local, "lab_chain", "drop:step_02>step_03", "drop:step_05>step_06")
    one = changed(local, "lab_chain", "drop:step_05>step_06")
    assert duration(both, "lab_chain") < duration(one, "lab_chain")


def test_what_follows_one_of_the_parallel_follows_all(local):
    history = changed(local, "lab_diamond", "parallel:layer0_0,source").history
    names = history.tasks.names
    sink = next(row for row, name in enumerate(names) if name == "layer1_0")
    above = history.tasks.upstream[history.tasks.first[sink] : history.tasks.first[sink + 1]]
    assert "source" in {names[row] for row in above}


def test_a_dag_may_run_more_often(local):
    history = local.history
    dag = history.dags.names.index("lab_single_run")
    due = history.runs.due.copy()
    due[history.runs.dag == dag] = due[0] + np.arange(3) * np.timedelta64(3600, "s")
    spread = replace(local, history=replace(history, runs=replace(history.runs, due=due)))
    runs = changed(spread, "lab_single_run", "every:30m").history.runs
    assert int((runs.dag == dag).sum()) == 5
    assert set(np.diff(runs.due[runs.dag == dag]).astype("timedelta64[s]").astype(int)) == {1800}


@pytest.mark.parametrize(
    ("dag", "edit", "told"),
    [
        ("lab_chian", "drop:a>b", 'did you mean "lab_chain"'),
        ("lab_chain", "drop:step_00>step_09", "it waits for: step_08"),
        ("lab_chain", "drop:step_0>step_09", "has no task"),
        ("lab_chain", "drop:step_00", "is no dependency"),
        ("lab_chain", "shuffle:step_00", "is no edit"),
        ("lab_chain", "every:0s", "cannot run that often"),
    ],
)
def test_what_is_not_there_cannot_be_edited(local, dag, edit, told):
    with pytest.raises(UsageError) as error:
        changed(local, dag, edit)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("max_active_tasks:lab_wide", "max_active_tasks"),
        ("max_active_runs:lab_wide", "max_active_runs"),
    ],
)
def test_the_limit_of_one_dag_changes(local, name, field):
    dags = apply(local, Scenario("", (Change(name, "5"),))).history.dags
    assert getattr(dags, field)[dags.names.index("lab_wide")] == 5
    assert int((getattr(dags, field) == 5).sum()) == 1


def test_the_limit_of_one_task_changes(local):
    tasks = apply(
        local, Scenario("", (Change("max_active_tis_per_dag:lab_task_limit.fetch", "-1"),))
    ).history.tasks
    assert sorted(tasks.max_active_tis_per_dag[tasks.max_active_tis_per_dag > 0].tolist()) == [2, 2]
    with pytest.raises(UsageError, match=r'did you mean "lab_task_limit\.fetch"'):
        apply(local, Scenario("", (Change("max_active_tis_per_dag:lab_task_limit.fetsh", "1"),)))
