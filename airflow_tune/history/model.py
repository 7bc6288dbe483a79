"""One installation's past in columns: tries of task instances, DAG runs, and what limited them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.history.cause import NO_TRACES, Traces
from airflow_tune.history.column import Bools, Codes, Floats, Ints, Times
from airflow_tune.versions import AirflowVersion

NO_LIMIT = -1
"""The value of a limit that a DAG or task does not set, and of an infinite pool's slots."""


@dataclass(frozen=True, slots=True)
class Dags:
    """One row per DAG; `max_active_*` are NO_LIMIT where the table `dag` has no row."""

    names: tuple[str, ...]
    max_active_tasks: Codes
    max_active_runs: Codes
    is_paused: Bools
    parse_s: Floats


@dataclass(frozen=True, slots=True)
class Tasks:
    """One row per task of a DAG, sorted by DAG; limits and edges as in the newest serialized DAG.

    `known` is False for tasks that no serialized DAG holds (deleted, or the DAG was never
    serialized): their upstream tasks are then not known. `upstream[first[t]:first[t + 1]]` are the
    tasks right before task t. `retry_delay_s` is of the first retry.
    """

    dag: Codes
    names: tuple[str, ...]
    known: Bools
    trigger_rule: Codes
    depends_on_past: Bools
    retries: Codes
    retry_delay_s: Floats
    retry_exponential: Bools
    max_active_tis_per_dag: Codes
    max_active_tis_per_dagrun: Codes
    first: Ints
    upstream: Codes

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Pools:
    """One row per pool that exists or was used; `slots` is 0 where the pool is gone, -1 infinite."""

    names: tuple[str, ...]
    slots: Codes
    include_deferred: Bools


@dataclass(frozen=True, slots=True)
class DagRuns:
    """One row per DAG run, sorted by DAG and then by `due` (run_after in 3.x, execution date in 2.x)."""

    dag: Codes
    run_ids: tuple[str, ...]
    state: Codes
    run_type: Codes
    run_types: tuple[str, ...]
    due: Times
    queued: Times
    start: Times
    end: Times
    backfill: Bools

    def __len__(self) -> int:
        return len(self.run_ids)


@dataclass(frozen=True, slots=True)
class TaskInstances:
    """One row per try of a task instance, sorted by run, task, map index and try.

    `run` and `task` are rows of DagRuns and Tasks. Times are as the metadata DB keeps them, only
    those that belong to an earlier try are taken out: `scheduled` is NaT throughout in 2.x. After a
    deferral `scheduled` and `queued` are those of the resumption and later than `start`; for a
    rescheduled sensor all three are of its last poke, and `rescheduled` says when that poke was due.
    `last` marks the newest try. `host` is -1 where it is not known. Codes of few names are kept narrow.
    """

    run: Codes
    task: Codes
    map_index: Codes
    try_number: Codes
    state: Codes
    pool: Codes
    pool_slots: Codes
    priority_weight: Codes
    queue: Codes
    operator: Codes
    executor: Codes
    host: Codes
    scheduled: Times
    queued: Times
    start: Times
    end: Times
    rescheduled: Times
    last: Bools

    def __len__(self) -> int:
        return len(self.run)


@dataclass(frozen=True, slots=True)
class History:
    """Everything read of the past. `taken_at` is the newest moment that the source knows of.

    `has_scheduled` says whether the source keeps the time a task instance became scheduled (3.x).
    `notes` name what the source could not give; `traces` say why tries failed, as far as that was seen.
    """

    version: AirflowVersion
    taken_at: np.datetime64
    has_scheduled: bool
    dags: Dags
    tasks: Tasks
    pools: Pools
    runs: DagRuns
    tries: TaskInstances
    queues: tuple[str, ...]
    operators: tuple[str, ...]
    executors: tuple[str, ...]
    hosts: tuple[str, ...]
    notes: tuple[str, ...] = ()
    traces: Traces = NO_TRACES

    @property
    def dag_of_try(self) -> Codes:
        """Return the row of Dags of every try."""
        dag: Codes = self.tasks.dag[self.tries.task]
        return dag

    def task_name(self, task: int) -> str:
        """Return "dag.task", as limits spell a task."""
        return f"{self.dags.names[self.tasks.dag[task]]}.{self.tasks.names[task]}"
