"""AFT701: a task that talks to another system gives up at once."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.given import lacking, named, talking
from airflow_tune.lint.mending import lacked
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject


def check(subject: Subject) -> Iterator[Hit]:
    """Yield DAGs with tasks that talk to other systems and have no retries, once each."""
    for dag in subject.graph.dags:
        found = list(lacking(dag, talking(subject, dag.tasks), "retries"))
        if found:
            word = "talks" if len(found) == 1 else "talk"
            told = named(found, dag, subject.file)
            message = f"{told} {word} to another system, and the first failure is final"
            yield lacked(subject, dag, found, message, retries="2")


RULE = Rule(
    "AFT701",
    "missing-retries",
    Severity.WARN,
    Explanation(
        what=(
            "Operators of databases, services and clouds in a DAG where neither the task nor "
            "default_args says "
            "retries; told once per DAG. An explicit retries=0 is left alone."
        ),
        why=(
            "One dropped connection fails the run, and somebody has to get up for what a second try had "
            "mended."
        ),
        example='SQLExecuteQueryOperator(task_id="load", sql="...")',
        instead=(
            "Set retries with a growing delay in default_args, or core.default_task_retries for all DAGs."
        ),
        fix="Unsafe: writes retries=2; a task that is not safe to repeat must not be retried.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html",),
    ),
    check,
)
