"""AFT804: a rescheduled sensor looks too often."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.given import sensor
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.rules.waiting.poke_sensor import seconds
from airflow_tune.lint.subject import Subject

SHORTEST_S = 30
"""Below it the start of the task process takes more than the looking; judgement."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield sensors that are rescheduled more often than each half minute."""
    shortest_s = subject.options.of("AFT804", "min-interval-s", SHORTEST_S)
    for dag in subject.graph.dags:
        for task in dag.tasks:
            interval = seconds(task.argument("poke_interval"))
            often = interval is not None and interval < shortest_s
            if sensor(task) and often and task.argument("mode") == "reschedule":
                message = f"the sensor {task.key} is scheduled, started and stopped every {interval:g} s"
                fix = task_with(subject, task, poke_interval="60")
                yield Hit(task.place.line, message, task.place.file, fix)


RULE = Rule(
    "AFT804",
    "tight-poke-interval",
    Severity.INFO,
    Explanation(
        what="A sensor in reschedule mode with a poke_interval below half a minute.",
        why=(
            "Each look goes through scheduler, executor and a new process, or a new pod, and writes its rows."
        ),
        example='FileSensor(task_id="wait", filepath="x", mode="reschedule", poke_interval=5)',
        instead=(
            "Look once a minute or less often, or use deferrable=True: a trigger looks without a process."
        ),
        fix="Unsafe: writes a minute; what comes may be noticed that much later.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/sensors.html",),
    ),
    check,
    options={"min-interval-s": SHORTEST_S},
)
