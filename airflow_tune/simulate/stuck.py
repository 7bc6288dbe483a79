"""What can never run under a system, and why: told, never left out of a figure in silence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.executors import ExecutorKind
from airflow_tune.history.column import Ints
from airflow_tune.simulate.plan import Plan
from airflow_tune.simulate.played import Played
from airflow_tune.simulate.system import System


@dataclass(frozen=True, slots=True)
class Stuck:
    """Task instances of one task (as "dag.task") that never ended, and what keeps them.

    `reason` is empty for those that only wait for others of these.
    """

    task: str
    task_instances: int
    reason: str


def find_stuck(plan: Plan, system: System, played: Played) -> tuple[Stuck, ...]:
    """Return what never ended in `played`, tasks that wait only for such ones last and without a reason."""
    ended = np.append(played.end, np.nan)
    last = np.where(np.diff(plan.first_stint) > 0, plan.first_stint[1:] - 1, len(played.end))
    done = ~np.isnan(np.where(np.diff(plan.first_stint) > 0, ended[last], played.instant))
    cells = plan.cell_of[~done]
    task = plan.cells.task[cells]
    found = []
    for one in np.unique(task).tolist():
        own = cells[task == one]
        name = f"{plan.dags.names[plan.tasks.dag[one]]}.{plan.tasks.names[one]}"
        reason = _impossible(plan, system, int(own[0])) or _held(plan, played, own)
        found.append(Stuck(name, len(own), reason))
    return tuple(sorted(found, key=lambda stuck: (not stuck.reason, stuck.task)))


def _held(plan: Plan, played: Played, cells: Ints) -> str:
    """Return what holds `cells` of one task although it could run: other DAG runs that never end."""
    runs, first = plan.runs, int(cells[0])
    of_run = plan.cells.run[cells]
    if np.any(np.isnan(played.started[of_run])):
        return "its DAG run cannot start: max_active_runs are taken by DAG runs that never end"
    before = runs.before[of_run[0]]
    if plan.tasks.depends_on_past[plan.cells.task[first]] and before >= 0:
        return f"it depends on its past: on DAG run {runs.ids[before]}"
    if np.any(runs.backfill[of_run]):
        return "its DAG run is a backfill, and others that never end are examined before it"
    return ""


def _impossible(plan: Plan, system: System, cell: int) -> str:
    """Return why no task instance of `cell` can run under `system`; empty where it can."""
    cells, pools = plan.cells, plan.pools
    pool, task = int(cells.pool[cell]), int(cells.task[cell])
    name, slots, asked = pools.names[pool], int(pools.slots[pool]), int(cells.pool_slots[cell])
    dag = int(plan.tasks.dag[task])
    executor = system.executors[int(cells.executor[cell])]
    if 0 <= slots < asked or pools.gone[pool]:
        return f"it asks for {asked} of the {slots} slots of pool {name}"
    if plan.dags.max_active_tasks[dag] == 0:
        return "its DAG's max_active_tasks is 0"
    if plan.dags.max_active_runs[dag] == 0:
        return "its DAG's max_active_runs is 0"
    if 0 in (plan.tasks.max_active_tis_per_dag[task], plan.tasks.max_active_tis_per_dagrun[task]):
        return "its own limit is 0"
    if executor.kind is ExecutorKind.CELERY:
        queue = plan.queues[int(cells.queue[cell])] if plan.queues else ""
        if not any(group.count and (not group.queues or queue in group.queues) for group in executor.workers):
            return f"no worker serves queue {queue}"
    return ""
