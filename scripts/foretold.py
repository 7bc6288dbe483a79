"""What the proofs on real Airflow share: the situation that a history happened in, and where it is kept."""

from __future__ import annotations

from pathlib import Path

from airflow_tune.diagnose.waits.installed import machinery_json
from airflow_tune.diagnose.waits.machinery import EXIT_S
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.model import History
from airflow_tune.history.snapshot import read_snapshot, write_snapshot
from airflow_tune.simulate.calibrate import calibrate
from airflow_tune.simulate.outcome import Outcome, measure
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.system import Executor, System, Workers

HEARTBEAT_S = 1
"""[workers] min_heartbeat_interval, for which a slot may stay busy after its task has ended.

A short one: how often that happens depends on what else the host does, and is no part of what is proved.
"""


def settings(parallelism: int) -> dict[str, str]:
    """Return the settings of Airflow that every run has."""
    return {"CORE__PARALLELISM": str(parallelism), "WORKERS__MIN_HEARTBEAT_INTERVAL": str(HEARTBEAT_S)}


def situation(
    history: History,
    parallelism: int,
    heartbeat_s: float = HEARTBEAT_S,
    *,
    workers: tuple[int, int] | None = None,
) -> Situation:
    """Return the situation that `history` happened in: defaults but for these.

    `workers` are how many of Celery there were and the slots of each; without them it was LocalExecutor.
    """
    version = history.version
    late = calibrate(history, idle_sleep_s=1.0, schedulers=1, tail_s=heartbeat_s + EXIT_S).latencies
    executor = Executor(ExecutorKind.LOCAL)
    if workers is not None:
        count, slots = workers
        executor = Executor(ExecutorKind.CELERY, (Workers(count, slots, slots),))
    system = System(
        (executor,),
        parallelism,
        late,
        limits_per_run=version.limits_active_tasks_per_run,
        counts_deferred=version.task_limits_count_deferred,
        mini_scheduler=version.has_mini_scheduler,
        fewest_runs_first=version.starts_runs_of_idle_dags_first,
        fifo=not version.local_executor_bounds_queued,
    )
    return Situation(history, system)


def observed(found: Situation) -> Outcome:
    """Return the figures of what happened."""
    return measure(found.history, found.machinery)


def keep(history: History, found: Situation, file: Path) -> None:
    """Write `history`, which happened in the situation `found`, to a snapshot at `file`."""
    write_snapshot(history, file, {"since_s": None, "machinery": machinery_json(found.machinery)})


def kept(file: Path) -> History:
    """Return the history in the snapshot at `file`."""
    return read_snapshot(file)[0]
