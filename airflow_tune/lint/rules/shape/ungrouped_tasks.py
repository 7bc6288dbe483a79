"""AFT205: many tasks with common beginnings of their ids, and no TaskGroup."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from airflow_tune.dags.model import Dag
from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

MOST = 30
"""Tasks without a group that are left alone: about as many as fit on a screen of the graph view."""
COMMON = 5
"""Tasks with one beginning that are worth a group."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield large DAGs without groups whose ids tell which tasks belong together."""
    most = subject.options.of("AFT205", "max-tasks", MOST)
    for dag in subject.graph.dags:
        if dag.complete and len(dag.tasks) > most and not any(task.group for task in dag.tasks):
            common = prefixes(dag)
            if len(common) > 1:
                names = ", ".join(f"{name} ({count})" for name, count in common[:5])
                message = f"{len(dag.tasks)} tasks stand side by side; their ids begin alike: {names}"
                yield Hit(dag.place.line, message, dag.place.file)


def prefixes(dag: Dag) -> list[tuple[str, int]]:
    """Return the first words that COMMON or more task ids share, the most frequent first."""
    words = Counter(
        re.split(r"[_.\-]", task.task_id, maxsplit=1)[0]
        for task in dag.tasks
        if isinstance(task.task_id, str)
    )
    return [(word, count) for word, count in words.most_common() if count >= COMMON and word]


RULE = Rule(
    "AFT205",
    "ungrouped-tasks",
    Severity.INFO,
    Explanation(
        what="More than thirty tasks without any TaskGroup, although their ids share their first words.",
        why=(
            "The graph is hard to read, and what belongs together cannot be related, retried or limited "
            "together."
        ),
        example='for table in tables:\n    extract(f"extract_{table}") >> load(f"load_{table}")',
        instead="Put what belongs together into a TaskGroup; its default_args give all of it one pool.",
        fix="No edit: a group changes the task ids, and with them the history.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#taskgroups",),
    ),
    check,
    options={"max-tasks": MOST},
)
