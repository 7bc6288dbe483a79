"""AFT106: parsing the file waits."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject


def check(subject: Subject) -> Iterator[Hit]:
    """Yield sleeps at parse time."""
    for site in subject.parse_sites:
        if site.name == "time.sleep":
            yield Hit.on(site.node, f"time.sleep() runs {subject.when(site)}")


RULE = Rule(
    "AFT106",
    "sleep-at-parse",
    Severity.ERROR,
    Explanation(
        what="time.sleep is called at the top level of the file or in a DAG's body.",
        why="A parsing process of the DAG processor is blocked for that time at every parse.",
        example="time.sleep(5)",
        instead="Wait in a sensor or in the task; let a failed parse fail.",
        fix="No edit: the call has to move to where it belongs, which only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
