"""AFT702: retries come at fixed intervals."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.model import Task
from airflow_tune.findings import Severity
from airflow_tune.lint.given import idle, named
from airflow_tune.lint.mending import tasks_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.rules.waiting.poke_sensor import seconds
from airflow_tune.lint.subject import Subject

FEW = 2
LONG_S = 1800
"""Seconds between tries that outlast most outages as they are; judgement."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield DAGs with tasks that have two or more retries and no growing delay, once each."""
    few = subject.options.of("AFT702", "min-retries", FEW)
    for dag in subject.graph.dags:
        found = [task for task in dag.tasks if fixed(task, few)]
        if found:
            times = sorted({str(task.argument("retries")) for task in found}, key=int)
            count = times[0] if len(times) == 1 else f"{times[0]} to {times[-1]}"
            word = "retries" if len(found) == 1 else "retry"
            message = f"{named(found, dag, subject.file)} {word} {count} times at a fixed delay"
            fix = tasks_with(
                subject, found, retry_exponential_backoff="True", max_retry_delay="timedelta(hours=1)"
            )
            yield Hit(found[0].place.line, message, found[0].place.file, fix)


def fixed(task: Task, few: int) -> bool:
    """Return whether a task retries so often, each time after the same delay."""
    retries, growing = task.argument("retries"), task.arguments.get("retry_exponential_backoff")
    many = isinstance(retries, int) and retries >= few and not idle(task)
    delay_s = seconds(task.argument("retry_delay"))
    # Who says that the delay does not grow, or waits as long as an outage takes, has thought of it.
    meant = growing is not None or (delay_s is not None and delay_s >= LONG_S)
    return many and not meant and task.argument("retry_policy") is None


RULE = Rule(
    "AFT702",
    "fixed-retry-delay",
    Severity.WARN,
    Explanation(
        what=(
            "Tasks that retry twice or more with the same delay each time; told once per DAG. Where the "
            "source says retry_exponential_backoff=False, or waits half an hour, that is left alone."
        ),
        why=(
            "When a service is ill, all its clients come back together and keep it down; growing "
            "delays let it recover."
        ),
        example='BashOperator(task_id="t", retries=3)',
        instead="Set retry_exponential_backoff=True with a max_retry_delay.",
        fix="Unsafe: the time until final failure grows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
    options={"min-retries": FEW},
)
