"""What holds of every workload under every system: limits, work, order, and that nothing is lost."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.executors import ExecutorKind
from airflow_tune.simulate.play import play
from airflow_tune.simulate.stuck import find_stuck

make = runpy.run_path(str(Path(__file__).with_name("plans.py")))["make"]
numbers = st.integers(0, 2**40)


def peak(begin, end, weight, group, groups):
    """Return the most that each group held at once; what ends at a moment is gone at that moment."""
    known = ~np.isnan(begin) & ~np.isnan(end)
    times = np.concatenate([begin[known], end[known]])
    steps = np.concatenate([weight[known], -weight[known]])
    owner = np.concatenate([group[known], group[known]])
    most = np.zeros(groups, np.int64)
    for one in range(groups):
        mine = np.flatnonzero(owner == one)
        order = np.lexsort((steps[mine], times[mine]))
        most[one] = np.cumsum(steps[mine][order]).max(initial=0)
    return most


def stints_of(plan):
    """Return the cell of each stint."""
    return np.repeat(plan.cell_of, np.diff(plan.first_stint))


def below(most, limit):
    return bool(np.all((limit < 0) | (most <= limit)))


@given(numbers)
def test_no_limit_is_ever_exceeded(number):
    plan, system = make(number)
    played, cell, cells = play(plan, system, number), stints_of(plan), plan.cells
    begin, end, one = played.queued, played.end, np.ones(len(cell), np.int64)
    pool, run, task = cells.pool[cell], cells.run[cell], cells.task[cell]
    dag = plan.runs.dag[run]
    assert below(peak(begin, end, cells.pool_slots[cell], pool, len(plan.pools.names)), plan.pools.slots)
    per_run, owner = (
        system.limits_per_run,
        plan.runs.dag if system.limits_per_run else np.arange(len(plan.dags.names)),
    )
    active = peak(
        begin, end, one, run if per_run else dag, len(plan.runs) if per_run else len(plan.dags.names)
    )
    assert below(active, plan.dags.max_active_tasks[owner])
    assert below(peak(begin, end, one, task, len(plan.tasks)), plan.tasks.max_active_tis_per_dag)
    limit = plan.tasks.max_active_tis_per_dagrun[cells.task]
    assert below(peak(begin, end, one, cell, len(cells)), limit)


@given(numbers)
def test_no_dag_runs_more_than_its_runs(number):
    plan, system = make(number)
    played = play(plan, system, number)
    for late in (False, True):
        mine = plan.runs.backfill == late
        most = peak(
            np.where(mine, played.started, np.nan), np.where(np.isnan(played.ended), np.inf, played.ended),
            np.ones(len(plan.runs), np.int64), plan.runs.dag, len(plan.dags.names),
        )  # fmt: skip
        assert below(most, plan.dags.max_active_runs)


@given(numbers)
def test_executors_run_no_more_than_their_slots(number):
    plan, system = make(number)
    played, cell = play(plan, system, number), stints_of(plan)
    for row, executor in enumerate(system.executors):
        mine = np.where(plan.cells.executor[cell] == row, played.start, np.nan)
        most = peak(mine, played.end, np.ones(len(cell), np.int64), np.zeros(len(cell), np.int64), 1)
        slots = system.parallelism * system.schedulers
        if executor.kind is ExecutorKind.CELERY:
            slots = min(slots, sum(group.count * group.concurrency for group in executor.workers))
        assert most[0] <= slots


@given(numbers, st.booleans())
def test_everything_runs_in_the_end_or_is_told_of_with_its_reason(number, hopeless):
    plan, system = make(number, hopeless=hopeless)
    played = play(plan, system, number)
    stuck = find_stuck(plan, system, played)
    assert bool(stuck) == bool(np.isnan(played.ended).any())
    assert not stuck or any(one.reason for one in stuck)


@given(numbers)
def test_work_is_conserved(number):
    plan, system = make(number)
    played = play(plan, system, number)
    known = ~np.isnan(played.end)
    took, alone = (played.end - played.start)[known], plan.stints.work_s[known]
    # Where work shares cores it may take longer: test_sharing.py says how much.
    assert bool(np.all(took >= alone - 1e-6)) if system.demands else np.allclose(took, alone)
    for earlier, later in (("ready", "scheduled"), ("scheduled", "queued"), ("queued", "start")):
        before, after = getattr(played, earlier)[known], getattr(played, later)[known]
        assert bool(np.all(before <= after + 1e-9))


@given(numbers, st.integers(2, 8))
def test_more_slots_never_change_what_runs(number, times):
    plan, system = make(number)
    # What waits for DAG runs that others keep out may never run, whatever the slots.
    never = np.zeros_like
    plan = replace(
        plan,
        tasks=replace(plan.tasks, depends_on_past=never(plan.tasks.depends_on_past)),
        runs=replace(plan.runs, backfill=never(plan.runs.backfill)),
    )
    wide = replace(system, parallelism=system.parallelism * times)
    assert bool(np.all(np.isnan(play(plan, system).end) == np.isnan(play(plan, wide).end)))


@pytest.mark.parametrize("figure", ["end", "ended"])
@given(numbers)
def test_what_is_ready_waits_for_upstream(figure, number):
    plan, system = make(number)
    played = play(plan, system, number)
    first = np.nan_to_num(played.started, nan=np.inf)[plan.cells.run[stints_of(plan)]]
    column = played.end if figure == "end" else played.ended[plan.cells.run[stints_of(plan)]]
    known = ~np.isnan(played.end) & ~np.isnan(column)
    assert bool(np.all(column[known] >= first[known]))
