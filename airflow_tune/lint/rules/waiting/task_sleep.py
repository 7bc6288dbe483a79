"""AFT803: a task holds its slot to do nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

LONG_S = 30


def check(subject: Subject) -> Iterator[Hit]:
    """Yield long sleeps, and sleeps in while loops, in task code."""
    for site in subject.index.sites:
        if site.name != "time.sleep" or site.at_parse or not site.node.args:
            continue
        value = site.node.args[0]
        long = (
            isinstance(value, ast.Constant)
            and isinstance(value.value, (int, float))
            and value.value >= LONG_S
        )
        if long or any(isinstance(loop, ast.While) for loop in site.loops):
            yield Hit.on(site.node, "time.sleep() holds the task's slot while nothing happens")


RULE = Rule(
    "AFT803",
    "sleep-in-task",
    Severity.WARN,
    Explanation(
        what="time.sleep of half a minute or more in task code, or a loop that sleeps between looks.",
        why="The worker slot and, with a pool, the pool's slot are taken while nothing happens.",
        example="while not done():\n    time.sleep(30)",
        instead="Use a sensor in reschedule mode or a deferrable operator.",
        fix="No edit: the call has to move to where it belongs, which only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
