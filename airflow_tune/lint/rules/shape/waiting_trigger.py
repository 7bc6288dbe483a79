"""AFT213: a worker slot is held for the whole run of another DAG."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject


def check(subject: Subject) -> Iterator[Hit]:
    """Yield tasks that trigger a DAG and wait for it in a worker."""
    for dag in subject.graph.dags:
        for task in dag.tasks:
            waits = task.argument("wait_for_completion") is True and task.argument("deferrable") in (
                None,
                False,
            )
            if task.operator == "TriggerDagRunOperator" and waits:
                message = f"{task.key} holds a slot until the other run ends"
                yield Hit(
                    task.place.line, message, task.place.file, task_with(subject, task, deferrable="True")
                )


RULE = Rule(
    "AFT213",
    "waiting-trigger-dagrun",
    Severity.WARN,
    Explanation(
        what="TriggerDagRunOperator(wait_for_completion=True) that is not deferrable.",
        why=(
            "It holds a slot for the other run's whole life; when that run needs the slot, both wait "
            "for ever."
        ),
        example='TriggerDagRunOperator(task_id="t", trigger_dag_id="d", wait_for_completion=True)',
        instead="Set deferrable=True, so that the triggerer waits.",
        fix="Unsafe: a triggerer must be running.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
