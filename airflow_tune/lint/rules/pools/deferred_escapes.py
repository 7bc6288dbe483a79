"""AFT410: a task that defers leaves the pool that was to bound it."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.project import Need, ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit
from airflow_tune.lint.rules.pools.sensor_in_pool import named_pool
from airflow_tune.lint.workload import WAIT


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield deferrable tasks other than sensors in pools of their own that do not count deferred ones."""
    pools = subject.knowledge.pools or {}
    for _dag, task in subject.tasks():
        pool = pools.get(named_pool(task))
        defers = task.arguments.get("deferrable") is True and task.workload != WAIT
        if pool is not None and defers and not pool.include_deferred and pool.slots > 0:
            message = f'{task.key} gives its slot of "{pool.name}" back while the work it started goes on'
            yield Hit(
                task.line, message, task.file, advice=f"{RULE.explanation.instead} Here: {set_it(pool.name)}"
            )


def set_it(pool: str) -> str:
    """Return the command that counts deferred tasks."""
    return f"airflow pools set {pool} SLOTS DESCRIPTION --include-deferred"


RULE = ProjectRule(
    "AFT410",
    "deferred-escapes-pool",
    Severity.WARN,
    Explanation(
        what="deferrable=True in a pool (not the default one) that does not count deferred tasks.",
        why=(
            "While the operator is deferred its work goes on outside, but its slot is free for the next: the "
            "pool does not bound what it was made for."
        ),
        example='BigQueryInsertJobOperator(..., deferrable=True, pool="bigquery")',
        instead="Let the pool count deferred tasks.",
        fix="No edit: it is the pool that has to change.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/pools.html",
        ),
    ),
    check,
    (Need.POOLS,),
)
