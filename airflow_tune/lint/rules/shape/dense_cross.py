"""AFT203: each task of one level waits for each of another."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.dags.model import Dag, Edge
from airflow_tune.findings import Severity
from airflow_tune.lint.blocks import statement_at
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import named, replace, source_of
from airflow_tune.lint.index import dotted
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

JOIN = "join"
MOST = 100
"""Edges between two levels that are left alone; judgement: 10 x 10 tasks are still easy to read."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield levels of a DAG that are fully related with more edges than `max-edges`."""
    most = subject.options.of("AFT203", "max-edges", MOST)
    for dag in subject.graph.dags:
        above: dict[str, list[str]] = {}
        for edge in dag.edges:
            above.setdefault(edge.downstream, []).append(edge.upstream)
        levels: dict[tuple[str, ...], list[str]] = {}
        for key, ups in above.items():
            levels.setdefault(tuple(sorted(ups)), []).append(key)
        for level, downs in levels.items():
            if len(level) > 1 and len(downs) > 1 and len(level) * len(downs) > most:
                edge = next(one for one in dag.edges if one.downstream == downs[0])
                message = f"{len(level)} tasks x {len(downs)} tasks make {len(level) * len(downs)} edges"
                yield Hit(edge.place.line, message, edge.place.file, joined(subject, dag, edge))


def joined(subject: Subject, dag: Dag, edge: Edge) -> Fix | None:
    """Return the fix that puts one empty task between two lists that cross_downstream relates."""
    statement = statement_at(subject, edge.place)
    call = statement.value if isinstance(statement, ast.Expr) else None
    known = named(subject, empty_operator(subject))
    taken = any(task.task_id == JOIN for task in dag.tasks)
    if known is None or taken or not isinstance(call, ast.Call) or len(call.args) != 2:  # noqa: PLR2004 - its lists
        return None
    if dotted(call.func, subject.index.aliases).rpartition(".")[2] != "cross_downstream":
        return None
    above, below = (source_of(subject, one) for one in call.args)
    return Fix((replace(call, f'{above} >> {known[0]}(task_id="{JOIN}") >> {below}'), *known[1]))


def empty_operator(subject: Subject) -> str:
    """Return where the Airflow that a file is written for has its EmptyOperator."""
    names = subject.index.aliases.values()
    new = any(name.startswith(("airflow.sdk", "airflow.providers.standard")) for name in names)
    return f"airflow.{'providers.standard.' if new else ''}operators.empty.EmptyOperator"


RULE = Rule(
    "AFT203",
    "dense-cross-dependency",
    Severity.WARN,
    Explanation(
        what="Two levels of tasks are related all with all, more than a hundred edges.",
        why=(
            "The scheduler checks each of the N x M edges for every run; through one empty task "
            "between the levels they are N + M."
        ),
        example="cross_downstream(fifty_tasks, fifty_others)",
        instead="Put one EmptyOperator between the two levels.",
        fix="Unsafe: one EmptyOperator in the middle of cross_downstream; it is a new task of the DAG.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
    {"max-edges": MOST},
)
