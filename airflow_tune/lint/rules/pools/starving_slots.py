"""AFT407: a task that wants several slots at once stands behind many that want one."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.facts import TaskFacts
from airflow_tune.lint.project import ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit

FEW = 4
"""Small tasks of a pool from which on it is told as busy where its size is not known; judgement."""


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield tasks of several slots without priority in pools that small tasks can fill."""
    pools: dict[str, list[TaskFacts]] = {}
    for _dag, task in subject.tasks():
        if isinstance(pool := task.argument("pool"), str) and isinstance(task.argument("pool_slots"), int):
            pools.setdefault(pool, []).append(task)
    for pool, tasks in pools.items():
        small = [task for task in tasks if task.argument("pool_slots") == 1]
        for task in tasks:
            slots = task.argument("pool_slots")
            wide = isinstance(slots, int) and slots > 1
            if wide and busy(subject, pool, small) and not first(task, small):
                message = (
                    f'{task.key} waits until {slots} slots of "{pool}" are free at once;'
                    f" {len(small)} tasks of one slot take each that becomes free"
                )
                yield Hit(task.line, message, task.file)


def busy(subject: ProjectSubject, pool: str, small: list[TaskFacts]) -> bool:
    """Return whether the small tasks of a pool can fill it; where its size is not known, a few are enough."""
    known = (subject.knowledge.pools or {}).get(pool)
    many = float("inf") if any(task.mapped for task in small) else len(small)
    return many >= (known.slots if known is not None and known.slots > 0 else FEW)


def first(task: TaskFacts, small: list[TaskFacts]) -> bool:
    """Return whether a task has more priority than the small ones, or nobody knows."""
    weights = [one.argument("priority_weight") for one in (task, *small)]
    numbers = [weight for weight in weights if isinstance(weight, int)]
    return len(numbers) < len(weights) or numbers[0] > max(numbers[1:], default=0)


RULE = ProjectRule(
    "AFT407",
    "starving-large-slots",
    Severity.WARN,
    Explanation(
        what="pool_slots above 1 in a pool that tasks of one slot can fill, and no higher priority_weight.",
        why=(
            "The scheduler hands out each slot as it becomes free and keeps none back: as long as small "
            "tasks wait too, the large one may never find enough slots free at once."
        ),
        example='PythonOperator(..., pool="db", pool_slots=4)  # beside many of one slot',
        instead="Give the large task a higher priority_weight, or a pool of its own.",
        fix="No edit: which task goes first is the author's decision.",
        sources=("airflow.jobs.scheduler_job_runner of 3.3.2, _executable_task_instances_to_queued",),
    ),
    check,
)
