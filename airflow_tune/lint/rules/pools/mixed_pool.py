"""AFT405: one pool for tasks that do different kinds of work."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.facts import TaskFacts
from airflow_tune.lint.project import ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit
from airflow_tune.lint.rules.pools.sensor_in_pool import named_pool
from airflow_tune.lint.workload import WAIT

FEW = 2
"""Tasks of a kind from which on it counts."""


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield pools in which two kinds of work, or more, have two tasks each; what waits is AFT404's."""
    pools: dict[str, dict[str, list[TaskFacts]]] = {}
    for _dag, task in subject.tasks():
        if named_pool(task) and task.workload not in ("", WAIT):
            pools.setdefault(named_pool(task), {}).setdefault(task.workload, []).append(task)
    for pool, kinds in pools.items():
        many = {kind: tasks for kind, tasks in kinds.items() if len(tasks) >= FEW}
        if len(many) > 1:
            told = ", ".join(f"{len(tasks)} {kind} ({tasks[0].key})" for kind, tasks in sorted(many.items()))
            first = min((tasks[0] for tasks in many.values()), key=lambda task: (task.file, task.line))
            yield Hit(first.line, f'the pool "{pool}" holds different kinds of tasks: {told}', first.file)


RULE = ProjectRule(
    "AFT405",
    "mixed-workload-pool",
    Severity.INFO,
    Explanation(
        what=(
            "A pool (not the default one) with two or more tasks each of different kinds: database, service, "
            "files, cpu, told by their operators."
        ),
        why=(
            "No size fits: what the database bears is too much for the cores or too little for a service, "
            "and cheap tasks wait behind dear ones."
        ),
        example='SQLExecuteQueryOperator(..., pool="etl"); HttpOperator(..., pool="etl")',
        instead="Make a pool for each resource, each with the size that the resource bears.",
        fix="No edit: pools have to be made.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/pools.html",
        ),
    ),
    check,
)
