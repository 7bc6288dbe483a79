"""AFT802: a sensor waits for seven days."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.given import missing, sensor
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

OF_TIME = re.compile(r"(Date)?Time(Delta)?Sensor|DayOfWeekSensor")
"""Sensors of the clock, whose moment always comes."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield sensors with Airflow's default timeout."""
    for dag in subject.graph.dags:
        for task in dag.tasks:
            bounded = "execution_timeout" in task.arguments or dag.arguments.get("dagrun_timeout") is not None
            if (
                sensor(task)
                and not bounded
                and not OF_TIME.match(task.operator)
                and missing(dag, task, "timeout")
            ):
                message = f"the sensor {task.key} waits up to seven days for what may never come"
                fix = task_with(subject, task, timeout="6 * 60 * 60")
                yield Hit(task.place.line, message, task.place.file, fix)


RULE = Rule(
    "AFT802",
    "sensor-without-timeout",
    Severity.WARN,
    Explanation(
        what="A sensor without timeout or execution_timeout, in a DAG without dagrun_timeout.",
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
