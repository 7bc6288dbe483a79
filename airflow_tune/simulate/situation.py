"""What is asked about: a history, what ran it, and the defaults that its DAGs follow."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from airflow_tune.diagnose.past.contention import Contention
from airflow_tune.diagnose.waits.machinery import EXIT_S, Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.column import Codes
from airflow_tune.history.model import History
from airflow_tune.simulate.system import System
from airflow_tune.simulate.workload import Workload, workload


@dataclass(frozen=True, slots=True)
class Situation:
    """A history under a system.

    `executor_rows` gives, for each name in `history.executors`, the row of the system's executors.
    `tasks_default` and `runs_default` are what core.max_active_tasks_per_dag and
    core.max_active_runs_per_dag are at present: a DAG with that limit is taken to follow the setting.
    `host_slots` are the task instances that one Celery worker runs at a time. `fits` say where work takes
    longer the more of it runs. `classes` are rows of the system's demands for each task, empty where work
    does not share its hosts' cores.
    """

    history: History
    system: System
    executor_rows: tuple[int, ...] = ()
    tasks_default: int = 16
    runs_default: int = 16
    host_slots: int = 16
    fits: tuple[Contention, ...] = ()
    classes: Codes = field(default_factory=lambda: np.zeros(0, np.int8))

    @property
    def fifo(self) -> bool:
        """Return whether what is queued may wait long for a worker of LocalExecutor."""
        return self.system.fifo and self.system.executors[0].kind is ExecutorKind.LOCAL

    @property
    def machinery(self) -> Machinery:
        """Return the executor as the diagnosis knows it."""
        first = self.system.executors[0]
        slots = sum(group.count * group.concurrency for group in first.workers)
        only = len(self.system.executors) == 1 and first.kind is ExecutorKind.CELERY
        return Machinery(
            self.history.version,
            first.kind,
            self.system.parallelism,
            self.system.schedulers,
            slots if only and slots else None,
            max(self.system.latencies.tail_slow_s - EXIT_S, 0.0),
        )

    def workload(self) -> Workload:
        """Return what is to be played."""
        found = workload(self.history, fifo=self.fifo, executor_rows=self.executor_rows)
        if not len(self.classes):
            return found
        demand = self.classes[self.history.tries.task[found.stint_try]]
        stints = replace(found.plan.stints, demand=demand)
        return replace(found, plan=replace(found.plan, stints=stints))

    def with_system(self, **changes: object) -> Situation:
        """Return the same with other fields of its system."""
        return replace(self, system=replace(self.system, **changes))  # type: ignore[arg-type]
