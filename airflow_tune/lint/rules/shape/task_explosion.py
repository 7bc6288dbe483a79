"""AFT207: a loop makes very many tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

MOST = 100
"""Tasks made at one place that are left alone; judgement: the scheduler's batch is 16 task instances."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield places that make more than MOST tasks of one DAG."""
    most = subject.options.of("AFT207", "max-tasks", MOST)
    for dag in subject.graph.dags:
        if len(dag.tasks) > most:
            for place, count in Counter(task.place for task in dag.tasks).items():
                if count > most:
                    # What cannot be known may cut the loop short, or leave out what it makes.
                    far = "" if dag.complete else ", as far as it can be read"
                    message = f"this line makes {count} tasks of one DAG{far}"
                    yield Hit(place.line, message, place.file)


RULE = Rule(
    "AFT207",
    "task-explosion",
    Severity.WARN,
    Explanation(
        what="One operator call in a loop makes more than a hundred tasks of a DAG.",
        why=(
            "Every run has a task instance for each, and each costs the scheduler a row, a check of its "
            "dependencies and a start, however little it does; the graph has to be built by every task that "
            "starts."
        ),
        example='for day in range(365):\n    BashOperator(task_id=f"day_{day}", bash_command="load")',
        instead="Let one task do many items, or map one task over them (expand) with a limit.",
        fix="No edit: how many items one task should do depends on how long they take.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/dynamic-task-mapping.html",
        ),
    ),
    check,
    options={"max-tasks": MOST},
)
