"""AFT210: a task has no dependency in a DAG that has some."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject


def check(subject: Subject) -> Iterator[Hit]:
    """Yield lonely tasks of complete graphs with edges."""
    for dag in subject.graph.dags:
        related = {key for edge in dag.edges for key in (edge.upstream, edge.downstream)}
        if dag.complete and len(related) > 1:
            for task in dag.tasks:
                if task.key not in related:
                    yield Hit(task.place.line, f"{task.key} has no dependency", task.place.file)


RULE = Rule(
    "AFT210",
    "orphan-task",
    Severity.INFO,
    Explanation(
        what="A task without up- and downstream tasks in a DAG whose other tasks are related.",
        why="It runs at once and nothing waits for it, which is usually a forgotten dependency.",
        example='a >> b; c = EmptyOperator(task_id="c")',
        instead="Relate it, or say in a comment that it stands alone.",
        fix="No edit: which dependency is missing only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
