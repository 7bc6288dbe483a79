"""AFT702: retries come at fixed intervals."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.given import idle
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

FEW = 2


def check(subject: Subject) -> Iterator[Hit]:
    """Yield tasks with two or more retries and no growing delay, once per place."""
    few = subject.options.of("AFT702", "min-retries", FEW)
    seen = set()
    for dag in subject.graph.dags:
        for task in dag.tasks:
            retries, growing = task.argument("retries"), task.argument("retry_exponential_backoff")
            many = isinstance(retries, int) and retries >= few and not idle(task)
            if (
                many
                and growing in (None, False, 0)
                and task.argument("retry_policy") is None
                and task.place not in seen
            ):
                seen.add(task.place)
                message = f"{task.key} retries {retries} times at a fixed delay"
                fix = task_with(
                    subject, task, retry_exponential_backoff="True", max_retry_delay="timedelta(hours=1)"
                )
                yield Hit(task.place.line, message, task.place.file, fix)


RULE = Rule(
    "AFT702",
    "fixed-retry-delay",
    Severity.WARN,
    Explanation(
        what="A task retries twice or more with the same delay each time.",
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
