"""AFT402: a task names a pool that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.errors import nearest
from airflow_tune.findings import Severity
from airflow_tune.lint.project import Need, ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield tasks whose pool is not among the pools."""
    pools = subject.knowledge.pools or {}
    gone = {name for name, pool in pools.items() if pool.slots == 0}
    for _dag, task in subject.tasks():
        pool = task.argument("pool")
        if not isinstance(pool, str) or pool == "default_pool" or (pool in pools and pool not in gone):
            continue
        state = "has no slots" if pool in pools else "does not exist"
        message = f'{task.key} can never start: its pool "{pool}" {state}'
        create = f"airflow pools set {pool} SLOTS DESCRIPTION"
        advice = f"{create}; or {nearest(pool, pools.keys() - gone)}"
        yield Hit(task.line, message, task.file, advice=advice)


RULE = ProjectRule(
    "AFT402",
    "unknown-pool",
    Severity.ERROR,
    Explanation(
        what="A task names a pool that is not among the pools of the installation, or one without slots.",
        why=(
            "The scheduler leaves it in the state scheduled for ever and says so in its own log only; "
            "the DAG run never ends."
        ),
        example='BashOperator(task_id="load", bash_command="load", pool="datbase")',
        instead="Create the pool, or name one that exists.",
        fix="No edit: whether the name or the pool is wrong only the author knows.",
        sources=("airflow.jobs.scheduler_job_runner of 3.3.2, _executable_task_instances_to_queued",),
    ),
    check,
    (Need.POOLS,),
)
