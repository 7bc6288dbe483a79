"""AFT202: a dependency is implied by others."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from airflow_tune.dags.model import Dag, Edge, Reference
from airflow_tune.findings import Severity
from airflow_tune.lint.blocks import dropped, repeats, statement_at
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.shifts import shifts
from airflow_tune.lint.subject import Subject

MOST = 2000
"""Edges of a DAG above which no path is searched."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield edges of complete graphs that a longer path implies."""
    for dag in subject.graph.dags:
        if dag.complete and len(dag.edges) <= MOST:
            yield from implied(subject, dag)


def implied(subject: Subject, dag: Dag) -> Iterator[Hit]:
    """Yield the implied edges of a DAG, data that is passed and other trigger rules excepted."""
    below: dict[str, set[str]] = {}
    for edge in dag.edges:
        below.setdefault(edge.upstream, set()).add(edge.downstream)
    plain = {
        task.key for task in dag.tasks if task.argument("trigger_rule") == "all_success" and not task.is_setup
    }
    # Behind a task with another trigger rule a failure above may not arrive: the direct edge then matters.
    through = {key: downs & plain for key, downs in below.items()}
    taking = {task.key: set(passed(task.arguments)) for task in dag.tasks}
    for edge in dag.edges:
        others = below[edge.upstream] - {edge.downstream}
        wanted = edge.downstream in plain and edge.upstream not in taking[edge.downstream]
        if wanted and edge.upstream in plain and reaches(others & plain, edge.downstream, through):
            message = f"{edge.upstream} >> {edge.downstream} is implied by a longer path"
            yield Hit(edge.place.line, message, edge.place.file, without(subject, edge))


def without(subject: Subject, edge: Edge) -> Fix | None:
    """Return the fix that drops `a >> b`, where the statement says nothing else and runs once."""
    statement = statement_at(subject, edge.place)
    if not isinstance(statement, ast.Expr) or len(shifts(statement.value) or ()) != 1:
        return None
    if repeats(subject.tree, statement):
        return None
    edit = dropped(subject, statement)
    return Fix((edit,), safe=True) if edit is not None else None


def passed(value: object) -> Iterator[str]:
    """Yield the keys of tasks whose results an argument holds."""
    if isinstance(value, Reference) and value.kind == "xcom":
        yield from value.name.split(",")
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from passed(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from passed(part)


def reaches(starts: set[str], goal: str, below: dict[str, set[str]]) -> bool:
    """Return whether a path leads from one of `starts` to `goal`."""
    seen, pending = set(starts), list(starts)
    while pending:
        for key in below.get(pending.pop(), ()):
            if key == goal:
                return True
            if key not in seen:
                seen.add(key)
                pending.append(key)
    return False


RULE = Rule(
    "AFT202",
    "redundant-dependency",
    Severity.INFO,
    Explanation(
        what="An edge from one task to another, between which a longer path exists.",
        why=(
            "The scheduler evaluates it for every task instance, and the graph is harder to read; it "
            "changes nothing, as the longer path already orders the two."
        ),
        example="a >> b >> c; a >> c",
        instead=(
            "Drop the direct dependency, unless the trigger rule of the later task needs to see the "
            "state of the earlier one."
        ),
        fix=(
            "Safe for a statement that relates these two names only and stands in no loop; none for others."
        ),
        sources=("airflow.ti_deps.deps.trigger_rule_dep of 3.3.2 counts direct upstream tasks",),
    ),
    check,
)
