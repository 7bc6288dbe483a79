"""AFT002: a file that Airflow could not import either; it is told like a finding and stops no other."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject


def check(subject: Subject) -> Iterator[Hit]:
    """Yield why the file cannot be imported; at its first line where no other is known."""
    error = subject.graph.error
    if error is not None:
        yield Hit(max(1, error.line), f"the file cannot be imported: {error.reason}")


RULE = Rule(
    "AFT002",
    "failing-import",
    Severity.ERROR,
    Explanation(
        what=(
            "The file cannot be read, is not Python, or its top level raises an exception. What seems to be "
            "raised inside a helper of another file is a note, not a finding."
        ),
        why="Airflow shows an import error, and the DAGs of the file are neither updated nor run.",
        example="with DAG('sales') as dag",
        instead="Make the file importable: `python FILE` beside Airflow shows the same error.",
        fix="No edit: what was meant only the author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html",),
    ),
    check,
)
