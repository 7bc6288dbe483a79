"""AFT304: a limit can never be reached, because another one comes first."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.facts import DagFacts, TaskFacts
from airflow_tune.lint.project import Knowledge, ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit

OF_TASK = ("max_active_tis_per_dag", "max_active_tis_per_dagrun", "task_concurrency")


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield limits of DAGs and tasks that are above what bounds them anyway."""
    for dag in subject.dags:
        limit = limit_of(dag)
        first = lowest(dag, subject.knowledge)
        if limit is not None and first is not None and limit > first[0]:
            yield Hit(dag.line, f"max_active_tasks={limit} does nothing: {first[1]} is {first[0]}", dag.file)
        for task in dag.tasks:
            yield from of_task(task, limit)


def limit_of(dag: DagFacts) -> int | None:
    """Return a DAG's limit of tasks, None where it sets none."""
    value = dag.arguments.get("max_active_tasks", dag.arguments.get("concurrency"))
    return value if isinstance(value, int) else None


def lowest(dag: DagFacts, known: Knowledge) -> tuple[int, str] | None:
    """Return the lowest limit above all tasks of a DAG, and its name: the parallelism, or their only pool."""
    found = []
    if known.settings is not None and (parallelism := known.settings.integer("core", "parallelism")):
        found.append((parallelism, "core.parallelism"))
    pools = {task.argument("pool") for task in dag.tasks}
    if known.pools is not None and len(pools) == 1:
        pool = known.pools.get(str(pools.pop()))
        if pool is not None and pool.slots > 0:
            found.append((pool.slots, f"the pool {pool.name} of all its tasks"))
    return min(found, default=None)


def of_task(task: TaskFacts, limit: int | None) -> Iterator[Hit]:
    """Yield the limits of a task above its DAG's."""
    for name in OF_TASK:
        value = task.arguments.get(name)
        if isinstance(value, int) and limit is not None and value > limit:
            message = f"{name}={value} of {task.key} does nothing: max_active_tasks of its DAG is {limit}"
            yield Hit(task.line, message, task.file)


RULE = ProjectRule(
    "AFT304",
    "unreachable-limit",
    Severity.INFO,
    Explanation(
        what=(
            "max_active_tasks above the parallelism (where --cfg tells it) or above the only pool's slots "
            "(--pools), or a task's own limit above its DAG's max_active_tasks."
        ),
        why="It looks like a knob and does nothing, so whoever turns it wonders why nothing changes.",
        example='DAG("sales", max_active_tasks=8)  # and a task with max_active_tis_per_dag=16',
        instead="Remove it, or raise the limit that comes first.",
        fix="No edit: which of the limits is wrong only the author knows.",
        sources=("airflow.jobs.scheduler_job_runner of 3.3.2, _executable_task_instances_to_queued",),
    ),
    check,
)
