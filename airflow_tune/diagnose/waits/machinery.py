"""What runs the task instances: the executor and its slots, as far as they hold tasks back."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.executors import ExecutorKind
from airflow_tune.versions import AirflowVersion

HEARTBEAT_S = 5.0
"""The default of `[workers] min_heartbeat_interval` in 3.x."""
EXIT_S = 0.05
SLOT_TAIL_S = HEARTBEAT_S + EXIT_S
"""How long an executor's slot may stay busy after end_date in 3.x.

Measured on 3.3.2, LocalExecutor and CeleryExecutor alike: 25–43 % of task instances held it for
5.03 s, the others for about 25 ms. A supervisor that has read the end of all of a task's sockets a moment
before its process is gone waits for that with nothing to wake it, as long as `[workers]
min_heartbeat_interval` (read in `sdk/execution_time/supervisor.py:_monitor_subprocess`).
"""


@dataclass(frozen=True, slots=True)
class Machinery:
    """The executor of an installation; `parallelism` is of one scheduler, 0 for unlimited.

    `worker_slots` counts the slots of all workers behind the executor (Celery: workers ×
    worker_concurrency), None where it is not known or not bounded. `heartbeat_s` is
    workers.min_heartbeat_interval.
    """

    version: AirflowVersion
    executor: ExecutorKind
    parallelism: int
    schedulers: int = 1
    worker_slots: int | None = None
    heartbeat_s: float = HEARTBEAT_S

    @property
    def bounds_queued(self) -> bool:
        """Return whether `parallelism` keeps task instances scheduled, rather than queued."""
        return self.executor is not ExecutorKind.LOCAL or self.version.local_executor_bounds_queued

    @property
    def slots(self) -> int:
        """Return how many task instances the schedulers' executors hold at most, 0 for unlimited."""
        return max(self.parallelism, 0) * self.schedulers

    @property
    def queued_limit(self) -> tuple[str, int]:
        """Return the name and size of what holds a queued task instance; size 0 where none is known."""
        if not self.bounds_queued:
            return "parallelism", self.slots
        return "worker_slots", self.worker_slots or 0

    @property
    def slot_tail_s(self) -> float:
        """Return how many seconds after end_date a slot may still be busy."""
        return self.heartbeat_s + EXIT_S if self.version.api_serves_tasks else 0.0
