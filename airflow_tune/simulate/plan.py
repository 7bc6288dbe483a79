"""What is to be run, in columns: the workload that a simulation plays, however it was found.

Rows are DAGs, tasks (sorted by DAG), DAG runs (sorted by `due`), cells (one for each task of each DAG
run, run by run in the order of tasks), task instances (sorted by cell, then by map index) and stints:
what one task instance does between being queued and giving its worker slot back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from airflow_tune.history.column import Bools, Codes, Floats, Ints

ROW = np.int32
"""What columns of rows are made of where there is one for each task instance: 10 million take 40 MB."""
# What follows a stint.
DONE = 0
RETRY = 1
"""The task instance is up_for_retry; `gap_s` after the end of the stint it may be scheduled again."""
RESCHEDULE = 2
"""A sensor's pause of `gap_s`, after which a DAG run's examination schedules it."""
RESCHEDULE_UNTIL = 3
"""As RESCHEDULE, but `gap_s` counts from the DAG run's due time: it waits for something outside."""
DEFER = 4
"""Deferred for `gap_s`, then scheduled by the triggerer without an examination."""
DEFER_UNTIL = 5
"""As DEFER, but `gap_s` counts from the DAG run's due time."""


@dataclass(frozen=True, slots=True)
class Pools:
    """One row per pool that tasks name: `slots` is -1 for an infinite pool, 0 for one that is `gone`.

    What wants a pool that is gone is fetched and refused, where a full pool is not even asked for.
    """

    names: tuple[str, ...]
    slots: Ints
    include_deferred: Bools
    gone: Bools


@dataclass(frozen=True, slots=True)
class Dags:
    """One row per DAG. Its tasks are `first_task[d]:first_task[d + 1]`; limits of -1 are no limits."""

    names: tuple[str, ...]
    max_active_tasks: Ints
    max_active_runs: Ints
    first_task: Ints


@dataclass(frozen=True, slots=True)
class Tasks:
    """One row per task; `upstream[first[t]:first[t + 1]]` are the rows of the tasks right before task t.

    `trigger_rule` is a code of `history.trigger_rule`; limits of -1 are no limits.
    """

    names: tuple[str, ...]
    dag: Ints
    trigger_rule: Codes
    depends_on_past: Bools
    max_active_tis_per_dag: Ints
    max_active_tis_per_dagrun: Ints
    first: Ints
    upstream: Ints

    def __len__(self) -> int:
        return len(self.dag)


@dataclass(frozen=True, slots=True)
class Runs:
    """One row per DAG run, sorted by `due_s`, from which on it may exist.

    `scheduled` tells the runs that the scheduler itself creates, one per DAG and loop; the others are
    there from their due time on. `before` is the DAG's run before this one, -1 for none.
    """

    ids: tuple[str, ...]
    dag: Ints
    due_s: Floats
    scheduled: Bools
    backfill: Bools
    first_cell: Ints
    before: Ints

    def __len__(self) -> int:
        return len(self.dag)


@dataclass(frozen=True, slots=True)
class Cells:
    """One row per task of a DAG run; its task instances are `first[c]:first[c + 1]`, if any."""

    run: Ints
    task: Ints
    first: Ints
    pool: Ints
    pool_slots: Ints
    priority_weight: Ints
    queue: Ints
    executor: Ints

    def __len__(self) -> int:
        return len(self.run)


@dataclass(frozen=True, slots=True)
class Stints:
    """One row per stint, sorted by task instance: `work_s` of work, then what follows it.

    `demand` is the row of System.demands, of what the work asks of its host; empty where nothing is known.
    """

    work_s: Floats
    then: Codes
    gap_s: Floats
    demand: Codes = field(default_factory=lambda: np.zeros(0, np.int8))

    def __len__(self) -> int:
        return len(self.work_s)


@dataclass(frozen=True, slots=True)
class Plan:
    """A workload. Seconds count from `origin`.

    `first_stint[i]:first_stint[i + 1]` are the stints of task instance i; one without stints takes no
    time and no slot (an EmptyOperator, a skipped task). `order` is the place of each task instance
    in the order that the scheduler takes candidates in: priority weight, date of the DAG run, map
    index, and rows where these are equal.
    """

    origin: np.datetime64
    pools: Pools
    dags: Dags
    tasks: Tasks
    runs: Runs
    cells: Cells
    map_index: Ints
    cell_of: Ints
    first_stint: Ints
    stints: Stints
    order: Ints
    queues: tuple[str, ...]
    executors: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.cell_of)


def candidate_order(cells: Cells, cell_of: Ints, map_index: Ints) -> Ints:
    """Return each task instance's place in `ORDER BY -priority_weight, date, map_index`.

    Read in `jobs/scheduler_job_runner.py:_executable_task_instances_to_queued`. DAG runs are sorted
    by their date, so that their row stands for it.
    """
    keys = (map_index, cells.run[cell_of], -cells.priority_weight[cell_of])
    by_order = np.lexsort(keys)
    order = np.empty(len(cell_of), ROW)
    order[by_order] = np.arange(len(cell_of), dtype=ROW)
    return order
