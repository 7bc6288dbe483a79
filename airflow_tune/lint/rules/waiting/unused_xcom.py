"""AFT807: a value is pushed that nobody pulls."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.blocks import dropped
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject


def check(subject: Subject) -> Iterator[Hit]:
    """Yield pushes under a key that the file names nowhere else."""
    if not subject.flow.mentions("xcom_push"):
        return
    for body in subject.flow.bodies(("xcom_push",)):
        for call in body.calls:
            key = call.argument(0, "key") if call.last == "xcom_push" else None
            plain = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
            if plain and elsewhere(subject) and alone(subject, plain):
                message = f"the value pushed as {plain!r} is pulled nowhere in this file"
                yield Hit.on(call.node, message, without(subject, body, call))


def elsewhere(subject: Subject) -> bool:
    """Return whether the file is the whole story: it holds the DAGs, and no pull is for all keys."""
    dags = subject.graph.dags
    return (
        bool(dags)
        and all(dag.complete for dag in dags)
        and not subject.flow.mentions("triggerdagrun", "key=none")
    )


def alone(subject: Subject, key: str) -> bool:
    """Return whether the only mention of a key is that of its push; return_value is pulled by default."""
    return key != "return_value" and subject.text.count(key) == 1


def without(subject: Subject, body: Body, call: Call) -> Fix | None:
    """Return the fix that drops the push, where it is a statement of its own."""
    statement = body.parents.get(call.node)
    edit = dropped(subject, statement) if isinstance(statement, ast.Expr) else None
    return Fix((edit,)) if edit is not None else None


RULE = Rule(
    "AFT807",
    "unused-xcom",
    Severity.INFO,
    Explanation(
        what="xcom_push under a key that is named nowhere else in the file of the DAG.",
        why="Each run writes a row to the metadata DB that nobody reads, and that clean-up has to remove.",
        example='ti.xcom_push(key="row_count", value=10)',
        instead="Leave the push out, or log the value; do_xcom_push=False for results that nobody needs.",
        fix="Unsafe: leaves the push out; a template file or another DAG may pull it.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/xcoms.html",),
    ),
    check,
)
