"""AFT704: retry delays grow without bound."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.given import idle
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

MANY = 10
"""Doublings of five minutes that reach Airflow's limit of a day (max_task_retry_delay)."""
TOO_MANY = 50


def check(subject: Subject) -> Iterator[Hit]:
    """Yield tasks whose back-off has no bound of its own."""
    most = subject.options.of("AFT704", "max-retries", TOO_MANY)
    for dag in subject.graph.dags:
        for task in dag.tasks:
            retries = task.argument("retries")
            growing = task.argument("retry_exponential_backoff") not in (None, False, 0)
            unbounded = growing and task.argument("max_retry_delay") is None
            many = isinstance(retries, int) and (retries > most or (unbounded and retries >= MANY))
            if many and not idle(task):
                message = f"{task.key} retries {retries} times without a bound"
                fix = task_with(subject, task, max_retry_delay="timedelta(hours=1)") if unbounded else None
                yield Hit(task.place.line, message, task.place.file, fix)


RULE = Rule(
    "AFT704",
    "unbounded-backoff",
    Severity.WARN,
    Explanation(
        what=(
            "retry_exponential_backoff without max_retry_delay and many retries, or more than fifty retries."
        ),
        why=(
            "The delay doubles each time up to Airflow's own limit of a day, so a failed task waits "
            "for days and nobody is told."
        ),
        example='BashOperator(task_id="t", retries=20, retry_exponential_backoff=True)',
        instead="Set max_retry_delay, and as many retries as the outage you want to outlast.",
        fix="Unsafe: the right bound depends on the service.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
    options={"max-retries": TOO_MANY},
)
