"""AFT704: retry delays grow without bound."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.model import Dag, Task
from airflow_tune.findings import Severity
from airflow_tune.lint.given import idle, named
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.rules.waiting.poke_sensor import seconds
from airflow_tune.lint.subject import Subject
from airflow_tune.units import format_duration

MANY = 10
"""Doublings of five minutes that reach Airflow's limit of a day (max_task_retry_delay)."""
TOO_MANY = 50
LONG_S = 4 * 3600
"""Seconds in all that fifty retries at Airflow's own delay wait, nearly: less outlasts a short outage."""
DAY_S = 86400
DOUBLE = 2.0
FEWER = "Give it as many retries as the outage that it should outlast takes; waiting itself is a sensor's."
LARGEST = 100_000
"""Retries that are counted: more of them tell nothing more."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield tasks whose back-off has no bound of its own."""
    most = subject.options.of("AFT704", "max-retries", TOO_MANY)
    for dag in subject.graph.dags:
        for task in dag.tasks:
            if many(task, most):
                wait_s = waited(task, int(str(task.argument("retries"))))
                if (wait_s is None or wait_s >= LONG_S) and not ended(dag, wait_s):
                    yield hit(subject, dag, task, wait_s)


def many(task: Task, most: int) -> bool:
    """Return whether a task retries more than `most` times, or often after delays that grow without bound."""
    retries = task.argument("retries")
    if not isinstance(retries, int) or idle(task):
        return False
    unbounded = doubles(task) and task.argument("max_retry_delay") is None
    return retries > most or (unbounded and retries >= MANY)


def ended(dag: Dag, wait_s: float | None) -> bool:
    """Return whether a DAG's dagrun_timeout ends the waiting before, or may."""
    timeout = dag.arguments.get("dagrun_timeout")
    if timeout is None:
        return False
    most = seconds(timeout)
    return wait_s is None or most is None or most < wait_s


def hit(subject: Subject, dag: Dag, task: Task, wait_s: float | None) -> Hit:
    """Return the hit on a task that waits so long; max_retry_delay bounds delays that grow, and no others."""
    place, message = task.place, told(subject, dag, task, wait_s)
    if not doubles(task):
        return Hit(place.line, message, place.file, advice=FEWER)
    bounded = task.argument("max_retry_delay") is not None
    fix = None if bounded else task_with(subject, task, max_retry_delay="timedelta(hours=1)")
    return Hit(place.line, message, place.file, fix)


def told(subject: Subject, dag: Dag, task: Task, wait_s: float | None) -> str:
    """Return the message: how often a task is tried again, and how long that takes where it is known."""
    times = f"{named([task], dag, subject.file)} retries {task.argument('retries')} times"
    if wait_s is None:
        return f"{times} before it counts as failed"
    return f"{times}: it counts as failed after {format_duration(wait_s)} of waiting at least"


def doubles(task: Task) -> bool:
    """Return whether a task's retry delay grows."""
    return task.argument("retry_exponential_backoff") not in (None, False, 0)


def waited(task: Task, retries: int) -> float | None:
    """Return the seconds that all retries of a task wait at least, None where its delays are not known.

    `TaskInstance.next_retry_datetime` of 3.3.2: the delay times the growth for each try, up to a limit.
    """
    delay, growth = seconds(task.argument("retry_delay")), task.argument("retry_exponential_backoff")
    most = seconds(task.argument("max_retry_delay") or DAY_S)
    factor = 1.0 if not doubles(task) else DOUBLE if growth is True else seconds(growth)
    if delay is None or most is None or factor is None:
        return None
    total = 0.0
    for _ in range(min(retries, LARGEST)):
        total += min(delay, most) if doubles(task) else delay
        delay = min(delay * factor, DAY_S)
    return total


RULE = Rule(
    "AFT704",
    "unbounded-backoff",
    Severity.WARN,
    Explanation(
        what=(
            "retry_exponential_backoff without max_retry_delay and many retries, or more than fifty "
            "retries. Retries that are known to be over within four hours, or that the DAG's dagrun_timeout "
            "ends, are left alone."
        ),
        why=(
            "A growing delay doubles each time up to Airflow's own limit of a day, so a task that will not "
            "succeed waits for hours or days before it counts as failed and its failure callbacks run."
        ),
        example='BashOperator(task_id="t", retries=20, retry_exponential_backoff=True)',
        instead="Set max_retry_delay, and as many retries as the outage you want to outlast.",
        fix="Unsafe: the right bound depends on the service.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
    options={"max-retries": TOO_MANY},
)
