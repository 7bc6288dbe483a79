"""AFT802: a sensor waits for seven days."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.dags.model import Task
from airflow_tune.findings import Severity
from airflow_tune.lint.given import TELLS, missing, named, sensor
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

OF_TIME = re.compile(r"(Date)?Time(Delta)?Sensor|DayOfWeekSensor")
"""Sensors of the clock, whose moment always comes."""
CLOCK = frozenset({"now", "utcnow", "today", "time", "localtime", "gmtime", "weekday", "isoweekday"})
RECKONS = frozenset(
    {
        *("timedelta", "datetime", "date", "replace", "total_seconds", "strftime", "timestamp", "timezone"),
        *("time", "astimezone", "ZoneInfo", "int", "abs", "min", "max", "add", "subtract", "in_timezone"),
    }
)
"""Calls that look at the clock, and those that reckon with what it says."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield sensors with Airflow's default timeout."""
    for dag in subject.graph.dags:
        for task in dag.tasks:
            bounded = "execution_timeout" in task.arguments or dag.arguments.get("dagrun_timeout") is not None
            if sensor(task) and not bounded and missing(dag, task, "timeout") and not of_clock(subject, task):
                told = named([task], dag, subject.file)
                message = f"the sensor {told} waits up to seven days for what may never come"
                fix = task_with(subject, task, timeout="6 * 60 * 60")
                yield Hit(task.place.line, message, task.place.file, fix)


def of_clock(subject: Subject, task: Task) -> bool:
    """Return whether a sensor waits for a moment alone: by its class, or by what its function looks at."""
    if OF_TIME.match(task.operator):
        return True
    looks = subject.flow.looks(task)
    calls = [one.last for body in looks for one in body.calls]
    return bool(CLOCK.intersection(calls)) and TELLS.union(CLOCK, RECKONS).issuperset(calls)


RULE = Rule(
    "AFT802",
    "sensor-without-timeout",
    Severity.WARN,
    Explanation(
        what=(
            "A sensor without timeout or execution_timeout, in a DAG without dagrun_timeout. Those that wait "
            "for the clock alone are left alone."
        ),
        why=(
            "The default is seven days: runs pile up behind it, each holding a run slot and, in poke mode, "
            "a worker."
        ),
        example='S3KeySensor(task_id="wait", bucket_key="x")',
        instead="Set timeout to the latest time at which the run still makes sense, e.g. timeout=6 * 3600.",
        fix="Unsafe: writes six hours; the right timeout depends on what is waited for.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/sensors.html",),
    ),
    check,
)
