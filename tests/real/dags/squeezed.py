"""DAGs that one limit each holds back, and tasks that can never start."""

from __future__ import annotations

import os
import time
from pathlib import Path

from airflow.sdk import DAG, task

LONGEST_S = 120


@task
def hold(number: int, dag=None) -> None:
    """Hold a slot until the file released-DAG is in Airflow's home."""
    last, released = (
        time.monotonic() + LONGEST_S + number,
        Path(os.environ["AIRFLOW_HOME"], f"released-{dag.dag_id}"),
    )
    while not released.exists() and time.monotonic() < last:
        time.sleep(0.05)


@task
def brief() -> None:
    """End at once."""


def wide(name, count, of=hold, **limits):
    """Define a DAG of `count` tasks beside one another."""
    own = {key: limits.pop(key) for key in ("pool", "pool_slots", "max_active_tis_per_dag") if key in limits}
    with DAG(name, schedule=None, **limits):
        for number in range(count):
            of.override(task_id=f"t{number}", **own)(number) if of is hold else of.override(
                task_id=f"t{number}", **own
            )()


wide("by_pool", 3, pool="narrow")
wide("by_pool_too", 1, pool="narrow")
wide("by_dag", 3, max_active_tasks=1)
wide("by_parallelism", 8)
with DAG("by_task", schedule=None):
    hold.override(task_id="mapped", max_active_tis_per_dag=1).expand(number=[0, 1, 2])

wide("never_fits", 1, of=brief, pool="narrow", pool_slots=2)
wide("never_pool", 1, of=brief, pool="missing")
wide("never_paused", 1, of=brief, pool="narrow")
wide("never_allowed", 1, of=brief, max_active_tasks=0)
