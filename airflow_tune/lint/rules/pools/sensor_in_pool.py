"""AFT404: what waits and what it waits for share a pool."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.facts import DagFacts, TaskFacts
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.project import ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit
from airflow_tune.lint.workload import WAIT

WAITERS = ("TriggerDagRunOperator",)


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield tasks that hold a slot of a pool while they wait, where others work in that pool."""
    workers: dict[str, list[tuple[DagFacts, TaskFacts]]] = {}
    for dag, task in subject.tasks():
        pool = named_pool(task)
        if pool and not waits(task):
            workers.setdefault(pool, []).append((dag, task))
    for dag, task in subject.tasks():
        pool = named_pool(task)
        if pool and holds(task) and pool in workers:
            yield hit(dag, task, pool, workers[pool])


def hit(dag: DagFacts, task: TaskFacts, pool: str, workers: list[tuple[DagFacts, TaskFacts]]) -> Hit:
    """Return the hit, which names what is waited for if it is in the pool."""
    other = task.arguments.get("external_dag_id", task.arguments.get("trigger_dag_id", ""))
    first = next((one for one in workers if one[0].dag_id == other), None)
    first = first or next((one for one in workers if one[0].dag_id == dag.dag_id), workers[0])
    name = f"{dag_name(first[0])}.{first[1].key}"
    does = "waits for tasks" if first[0].dag_id == other else "waits"
    message = f'{task.key} {does} with a slot of the pool "{pool}" that {name} works in'
    return Hit(task.line, message, task.file)


def named_pool(task: TaskFacts) -> str:
    """Return a task's pool where it is known and not the default one, "" otherwise."""
    pool = task.argument("pool")
    return pool if isinstance(pool, str) and pool != "default_pool" else ""


def waits(task: TaskFacts) -> bool:
    """Return whether a task only waits, in whatever way."""
    return task.workload == WAIT or task.operator in WAITERS


def holds(task: TaskFacts) -> bool:
    """Return whether a task keeps its slot while it waits: a poking sensor, a trigger that waits."""
    if task.arguments.get("deferrable") not in (None, False):
        return False
    if task.operator in WAITERS:
        return task.arguments.get("wait_for_completion") is True
    return task.workload == WAIT and task.arguments.get("mode", "poke") == "poke" and known(task)


def known(task: TaskFacts) -> bool:
    """Return whether the sensor is no asynchronous one by its name."""
    return not task.operator.endswith("Async")


RULE = ProjectRule(
    "AFT404",
    "sensor-in-work-pool",
    Severity.WARN,
    Explanation(
        what=(
            "A sensor in poke mode, or a trigger that waits for its run, in a pool (not the default one) in "
            "which other tasks work."
        ),
        why=(
            "When the waiting ones have all slots, nothing works, and they wait for ever for what cannot "
            "start: a deadlock that ends with the sensors' timeout."
        ),
        example='FileSensor(task_id="wait", filepath="x", pool="etl") >> PythonOperator(..., pool="etl")',
        instead="Give what waits a pool of its own, or let it wait without a slot (reschedule, deferrable).",
        fix="No edit: a pool has to be made.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/pools.html",
        ),
    ),
    check,
)
