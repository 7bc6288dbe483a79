"""AFT109: two places of one DAG folder make DAGs of one id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from airflow_tune.findings import Severity
from airflow_tune.lint.facts import DagFacts
from airflow_tune.lint.project import ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit

EDITION = re.compile(r"v?\d+(\.[\dx]+)+$|tests?$|.*_tests?$|archived?$|deprecated$|backup$", re.IGNORECASE)
"""Folders for one version of something, and what is kept and not deployed."""


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield each DAG whose id another place of the same DAG folder has used before it."""
    seen: dict[tuple[str, str], DagFacts] = {}
    for file in subject.files:
        for dag in file.dags:
            if not isinstance(dag.dag_id, str):
                continue
            other = seen.setdefault((file.root, dag.dag_id), dag)
            # One file may make a DAG in one of two branches, of which only one is run.
            branches = other.file == dag.file and not (other.complete and dag.complete)
            if (other.file, other.line) != (dag.file, dag.line) and not branches and not editions(dag, other):
                yield Hit(dag.line, f'"{dag.dag_id}" is the id of {other.file}:{other.line} too', dag.file)


def editions(dag: DagFacts, other: DagFacts) -> bool:
    """Return whether a file stands in a folder for one version of something, or for what is not deployed."""
    return any(
        EDITION.match(folder) for one in (dag, other) for folder in PurePosixPath(one.file).parts[1:-1]
    )


RULE = ProjectRule(
    "AFT109",
    "duplicate-dag-id",
    Severity.ERROR,
    Explanation(
        what="Two DAGs of one DAG folder have the same dag_id.",
        why=(
            "Only one of them is there at a time, the one that was parsed last: tasks come and go with every "
            "parse, and task instances of the one are marked as removed by the other."
        ),
        example='with DAG("sales"): ...  # a.py\nwith DAG("sales"): ...  # b.py',
        instead="Give each DAG an id of its own.",
        fix="No edit: a new id begins a new history.",
        sources=("airflow.models.dagbag of 2.11.2, AirflowDagDuplicatedIdException",),
    ),
    check,
)
