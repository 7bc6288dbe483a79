"""AFT002: a file that Airflow could not import either; it is told like a finding and stops no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

TEMPLATE = re.compile(r"(?<![a-z])templates?(?![a-z])", re.IGNORECASE)
"""What names of files and folders say of files that something fills in before they are Python."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield why the file cannot be imported; at its first line where no other is known."""
    error = subject.graph.error
    if error is not None and not any(map(TEMPLATE.search, (*subject.below, PurePath(subject.file).name))):
        yield Hit(max(1, error.line), f"the file cannot be imported: {error.reason}")


RULE = Rule(
    "AFT002",
    "failing-import",
    Severity.ERROR,
    Explanation(
        what=(
            "The file cannot be read, is not Python, or its top level raises an exception. What seems to be "
            "raised inside a helper of another file is a note, not a finding; templates of DAG files are "
            "left alone."
        ),
        why="Airflow shows an import error, and the DAGs of the file are neither updated nor run.",
        example="with DAG('sales') as dag",
        instead="Make the file importable: `python FILE` beside Airflow shows the same error.",
        fix="No edit: what was meant only the author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html",),
    ),
    check,
)
