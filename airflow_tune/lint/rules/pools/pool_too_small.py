"""AFT403: a task wants more slots than its pool has."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.project import Need, ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield tasks that their pool could not hold even if nothing else were in it."""
    pools = subject.knowledge.pools or {}
    for _dag, task in subject.tasks():
        pool, slots = pools.get(str(task.argument("pool"))), task.argument("pool_slots")
        if pool is not None and isinstance(slots, int) and 0 < pool.slots < slots:
            message = (
                f'{task.key} can never start: it wants {slots} slots of "{pool.name}", which has {pool.slots}'
            )
            yield Hit(task.line, message, task.file)


RULE = ProjectRule(
    "AFT403",
    "pool-slots-exceed-pool",
    Severity.ERROR,
    Explanation(
        what="pool_slots of a task is more than all the slots of its pool.",
        why="The scheduler leaves it in the state scheduled for ever, and says so in its own log only.",
        example='BashOperator(task_id="load", bash_command="load", pool="small", pool_slots=8)',
        instead="Lower pool_slots, or give the pool more slots.",
        fix="No edit: which of the numbers is wrong only the author knows.",
        sources=("airflow.jobs.scheduler_job_runner of 3.3.2, _executable_task_instances_to_queued",),
    ),
    check,
    (Need.POOLS,),
)
