"""AFT408: the first tasks of a big DAG outrank everything else in their pool."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.facts import DagFacts, TaskFacts
from airflow_tune.lint.project import ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit

MANY = 50
"""Tasks below another from which on its weight counts as inflated; judgement."""
TIMES = 5
"""How many times the weight of the other DAGs' first tasks it has to be."""


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield, for each big DAG, the task with most below it, where other DAGs share its pool."""
    pools: dict[str, dict[tuple[str, int], int]] = {}
    tops: list[tuple[DagFacts, TaskFacts]] = []
    for dag in subject.dags:
        for task in dag.tasks:
            pool = str(task.argument("pool"))
            place = (dag.file, dag.line)
            others = pools.setdefault(pool, {})
            others[place] = max(others.get(place, 0), weight(task))
        summed = [task for task in dag.tasks if task.below >= MANY and by_downstream(task)]
        if summed:
            tops.append((dag, max(summed, key=lambda task: task.below)))
    for dag, task in tops:
        others = pools[str(task.argument("pool"))]
        rivals = [value for place, value in others.items() if place != (dag.file, dag.line)]
        if rivals and weight(task) >= TIMES * max(rivals):
            message = (
                f"{task.key} has the weight {weight(task)} for the {task.below} tasks below it; no task of"
                f" {len(rivals)} other DAGs in its pool has more than {max(rivals)}"
            )
            yield Hit(task.line, message, task.file)


def by_downstream(task: TaskFacts) -> bool:
    """Return whether the weights of all tasks below are added to a task's own."""
    return task.argument("weight_rule") == "downstream"


def weight(task: TaskFacts) -> int:
    """Return a task's weight, those below it taken as 1 each."""
    own = task.argument("priority_weight")
    return (own if isinstance(own, int) else 1) + (task.below if by_downstream(task) else 0)


RULE = ProjectRule(
    "AFT408",
    "inflated-downstream-weight",
    Severity.INFO,
    Explanation(
        what=(
            "A task with the default weight_rule (downstream) and fifty or more tasks below it, in a pool "
            "that it shares with DAGs whose tasks weigh a fifth of it or less."
        ),
        why=(
            "The weights of all tasks below are added to it, so whenever the pool is full the big DAG goes "
            "first, however unimportant it is, and urgent small DAGs wait."
        ),
        example='with DAG("big"): start >> [sync(table) for table in a_hundred_tables]',
        instead='Set weight_rule="absolute", which is cheaper too, and priority_weight where it matters.',
        fix="No edit: which DAG matters more only its users know.",
        sources=("airflow.cfg, core.default_task_weight_rule of 2.11.2 and 3.3.2",),
    ),
    check,
)
