"""AFT801: a sensor holds a worker slot while it waits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta

from airflow_tune.dags.model import Dag, Task
from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.given import executes, named
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

DEFERS = ("Deferrable", "Deferred", "Async")
"""Words in the names of sensors that wait in the triggerer."""
LONG_S = 3600
INTERVAL_S = 60
OFTEN_S = 30
"""Seconds between looks below which each look of its own start costs as much as waiting; judgement."""
SELDOM = (
    'Set mode="reschedule" with a poke_interval of a minute or so, as each look is then a start of its own, '
    "or deferrable=True where the sensor supports it."
)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield sensors that may hold a slot for long."""
    for dag in subject.graph.dags:
        for task in dag.tasks:
            pokes = task.argument("mode", "poke") == "poke" and task.argument("deferrable") in (None, False)
            defers = any(word in task.operator for word in DEFERS) or own_defers(subject, task)
            if task.operator.endswith("Sensor") and pokes and not defers and waits_long(subject, task):
                yield hit(subject, dag, task)


def hit(subject: Subject, dag: Dag, task: Task) -> Hit:
    """Return the hit on a sensor; rescheduled as often as some poke, it would cost more than its slot."""
    told, place = named([task], dag, subject.file), task.place
    message = f"the sensor {told} holds a slot while it waits"
    interval = seconds(task.argument("poke_interval"))
    if interval is not None and interval < OFTEN_S:
        return Hit(place.line, message, place.file, advice=SELDOM)
    return Hit(place.line, message, place.file, task_with(subject, task, mode='"reschedule"'))


def own_defers(subject: Subject, task: Task) -> bool:
    """Return whether a sensor's class stands in the file, and its execute hands over to a trigger."""
    cls = subject.classes.get(task.operator)
    parts = (one for work in (executes(cls) if cls is not None else ()) for one in nodes(work))
    return any(isinstance(one, ast.Attribute) and one.attr == "defer" for one in parts)


def waits_long(subject: Subject, task: Task) -> bool:
    """Return whether a sensor's interval or timeout is long; unknown ones are given the benefit."""
    interval, timeout = seconds(task.argument("poke_interval")), seconds(task.argument("timeout", 604800))
    if interval is not None and timeout is not None and timeout <= interval:
        return False  # it looks once more, and gives up
    if task.operator.startswith("TimeDelta"):  # it waits for the clock, no longer than its delta
        timeout = min(timeout or 0, seconds(task.argument("delta")) or timeout or 0)
    bound = seconds(task.argument("execution_timeout"))
    timeout = timeout if bound is None else min(timeout or bound, bound)
    most = subject.options.of("AFT801", "max-interval-s", INTERVAL_S)
    return (interval or 0) >= most or (timeout or 0) >= subject.options.of("AFT801", "max-timeout-s", LONG_S)


def seconds(value: object) -> float | None:
    """Return a number or duration as seconds."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, (int, float)) else None


RULE = Rule(
    "AFT801",
    "poke-sensor",
    Severity.WARN,
    Explanation(
        what=(
            "A sensor in poke mode, the default, that may wait long: its interval is a minute or "
            "more, or its timeout an hour or more or the default of seven days."
        ),
        why="It occupies a worker slot all the time and does nothing.",
        example='S3KeySensor(task_id="wait", bucket_key="x", poke_interval=300)',
        instead='Set mode="reschedule", or deferrable=True where the sensor supports it.',
        fix="Unsafe: a sensor that keeps state between pokes cannot be rescheduled.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
    options={"max-interval-s": INTERVAL_S, "max-timeout-s": LONG_S},
)
