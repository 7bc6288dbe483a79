"""What messages call a DAG or task whose id only a run knows: <line 12>, for the line that makes it."""

from __future__ import annotations

import re

from airflow_tune.dags.model import Dag
from airflow_tune.lint.facts import DagFacts

MARK = re.compile(r"\?(\d+)\.\d+")
"""The key that the reader gives to what has no known id: its line, and a number of its own."""


def dag_name(dag: Dag | DagFacts) -> str:
    """Return a DAG's id, or the line that makes it."""
    if isinstance(dag.dag_id, str):
        return dag.dag_id
    return f"<line {dag.line if isinstance(dag, DagFacts) else dag.place.line}>"


def readable(message: str) -> str:
    """Return a message with the lines of tasks and groups in place of the reader's marks."""
    return MARK.sub(r"<line \1>", message)
