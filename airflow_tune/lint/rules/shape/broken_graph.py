"""AFT211: a circle among tasks, or a dependency that is written twice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import drop_statement
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.shape import Shape
from airflow_tune.lint.shifts import shifts
from airflow_tune.lint.subject import Subject


def check(subject: Subject) -> Iterator[Hit]:
    """Yield circles, and statements that repeat dependencies written before."""
    for shape in subject.shapes:
        yield from circle(shape)
    if subject.graph.dags and ">>" in subject.text:
        for body in bodies(subject.tree):
            yield from repeated(subject, body)


def circle(shape: Shape) -> Iterator[Hit]:
    """Yield the first edge of a circle of a DAG that has any; what is not known may stand for other tasks."""
    if len(shape.order) == len(shape.tasks) or not shape.small or not shape.dag.complete:
        return
    stuck = set(shape.tasks) - set(shape.order)
    for edge in shape.dag.edges:
        if edge.upstream in stuck and edge.upstream in shape.after.of(edge.downstream):
            message = f"{edge.upstream} >> {edge.downstream} closes a circle: no task of it can ever start"
            yield Hit(edge.place.line, message, edge.place.file)
            return


def bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Yield the bodies in which DAGs are built: the file's, those of functions and of `with`."""
    pending: list[list[ast.stmt]] = [tree.body]
    while pending:
        body = pending.pop()
        yield body
        pending.extend(one.body for one in body if isinstance(one, (ast.With, ast.FunctionDef)))


def repeated(subject: Subject, body: list[ast.stmt]) -> Iterator[Hit]:
    """Yield the statements whose dependencies are all written in earlier ones, no name having changed."""
    seen: dict[tuple[str, str], int] = {}
    if sum(isinstance(one, ast.Expr) and isinstance(one.value, ast.BinOp) for one in body) <= 1:
        return
    for statement in body:
        pairs = shifts(statement.value) if isinstance(statement, ast.Expr) else None
        if not pairs:
            changed = bound(statement) if seen else frozenset()
            seen = {pair: line for pair, line in seen.items() if changed.isdisjoint(pair)}
            continue
        lines = {seen.get(pair) for pair in pairs}
        if None not in lines:
            told = " and ".join(f"{up} >> {down}" for up, down in pairs)
            first = min(line for line in lines if line)
            edit = drop_statement(subject, statement, body)
            fix = Fix((edit,), safe=True) if edit is not None else None
            message = f"{told}: already said in line {first}"
            yield Hit(statement.lineno, message, fix=fix, node=statement, severity=Severity.WARN)
        for pair in pairs:
            seen.setdefault(pair, statement.lineno)


def bound(statement: ast.stmt) -> AbstractSet[str]:
    """Return the names that a statement may give another value."""
    return {
        node.id for node in nodes(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


RULE = Rule(
    "AFT211",
    "broken-graph",
    Severity.ERROR,
    Explanation(
        what=(
            "Tasks wait for each other in a circle, or a statement repeats dependencies already written, "
            "which is a warn only."
        ),
        why=(
            "With a circle Airflow refuses the file at its next parse, in production instead of in review; "
            "a repeated dependency is warned of at every parse, and is often a slip for another one."
        ),
        example="extract >> load\nload >> extract",
        instead="Remove the dependency, or name the tasks that were meant.",
        fix="Safe for a statement that only repeats; none for a circle.",
        sources=("airflow.sdk.definitions.dag of 3.3.2, check_cycle",),
    ),
    check,
)
