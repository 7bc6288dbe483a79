"""AFT401: many tasks use one connection at a time, and no pool bounds them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.facts import DagFacts, TaskFacts
from airflow_tune.lint.project import ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit

MANY = 8
"""Tasks side by side on one connection from which on it is told; judgement."""
ACTIVE = 16
"""Tasks of one run that go at a time where the DAG sets no limit: core.max_active_tasks_per_dag's default."""
ELASTIC = re.compile(
    r"^(aws|google_cloud|gcp|azure|wasb|adls|kubernetes|spark|databricks|emr|slack|smtp|fs)\w*$"
)
"""Connections that stand for a whole cloud, or for what bounds itself."""


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield the first task of each connection on which MANY tasks or more can be at a time, unbounded."""
    many = subject.knowledge.options.of("AFT401", "min-tasks", MANY)
    levels: dict[str, Counter[tuple[str, int, int]]] = {}
    unbounded: dict[str, list[TaskFacts]] = {}
    most: dict[tuple[str, int], int] = {}
    for dag, task in subject.tasks():
        most[dag.file, dag.line] = active(dag)
        for name in task.connections:
            if task.argument("pool") == "default_pool" and "{{" not in name and not ELASTIC.match(name):
                width = many if task.mapped and not bounded(task) else 1
                levels.setdefault(name, Counter())[dag.file, dag.line, task.level] += width
                unbounded.setdefault(name, []).append(task)
    for name, tasks in unbounded.items():
        widest: dict[tuple[str, int], int] = {}
        for (file, line, _level), count in levels[name].items():
            widest[file, line] = min(max(widest.get((file, line), 0), count), most[file, line])
        total = sum(widest.values())
        # DAGs of their own times seldom meet: then it takes more of them.
        if max(widest.values()) >= many or total >= many * 2:
            full = all(count == most[place] for place, count in widest.items())
            yield hit(name, tasks, f"{total}" if full else f"{total} or more", len(widest))


def active(dag: DagFacts) -> int:
    """Return how many tasks of one run of a DAG can go at a time."""
    given = dag.arguments.get("max_active_tasks", dag.arguments.get("concurrency"))
    return given if isinstance(given, int) and given > 0 else ACTIVE


def bounded(task: TaskFacts) -> bool:
    """Return whether a mapped task has a limit of its own."""
    return any(
        task.arguments.get(name) is not None
        for name in ("max_active_tis_per_dag", "max_active_tis_per_dagrun", "task_concurrency")
    )


def hit(name: str, tasks: list[TaskFacts], width: str, dags: int) -> Hit:
    """Return the hit for one connection."""
    first = tasks[0]
    where = f"of {dags} DAGs" if dags > 1 else "of this DAG"
    message = f'{width} tasks {where} can use the connection "{name}" at a time, and no pool bounds them'
    pool = re.sub(r"\W+", "_", name).removesuffix("_default").removesuffix("_conn")
    advice = (
        f'airflow pools set {pool} {MANY // 2} "what {name} bears", and pool="{pool}" for these'
        f" {len(tasks)} tasks; begin with {MANY // 2} and let the resource's own limit decide"
    )
    return Hit(first.line, message, first.file, advice=advice)


RULE = ProjectRule(
    "AFT401",
    "shared-resource-without-pool",
    Severity.WARN,
    Explanation(
        what=(
            "Eight or more tasks that can run at the same time use one connection (of a database, a host, a "
            "service), in the default pool."
        ),
        why=(
            "Nothing keeps them from asking at once: the resource is overloaded, refuses connections or "
            "limits the rate, and retries make it worse."
        ),
        example='for table in tables:\n    SQLExecuteQueryOperator(..., conn_id="warehouse")',
        instead="Make a pool of the size that the resource bears, and give it to all tasks that use it.",
        fix="No edit: a pool has to be made.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/pools.html",
        ),
    ),
    check,
    options={"min-tasks": MANY},
)
