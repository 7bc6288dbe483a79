"""How a dependency in the source names a task: by its id, or, for a function of TaskFlow, by its call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.dags.model import Reference, Task
from airflow_tune.dags.tree import nodes
from airflow_tune.lint.blocks import statement_at
from airflow_tune.lint.editing import source_of
from airflow_tune.lint.subject import Subject

MAKERS = frozenset({"override", "partial", "expand", "expand_kwargs"})
"""Methods of a decorated function that lead to a task, as a call of the function does."""
LONGEST = 60
"""Characters of a call that advice repeats; judgement."""


def written(subject: Subject, task: Task) -> str:
    """Return the id of a task; where that is the name of its function, what stands for the task instead."""
    called = task.arguments.get("python_callable")
    name = called.name if isinstance(called, Reference) else ""
    if not task.operator.startswith("@task") or name != task.key:
        return task.key
    statement = statement_at(subject, task.place)
    for target, value in assigned(statement):
        if makes(value, name) and isinstance(target, ast.Name):
            return target.id
    calls = (one for one in (nodes(statement) if statement is not None else ()) if makes(one, name))
    return next((shown(subject, one, name) for one in calls if isinstance(one, ast.Call)), f"{name}()")


def assigned(statement: ast.stmt | None) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the targets of an assignment, each with what it is given."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            yield from zip(target.elts, value.elts, strict=False)
        else:
            yield target, value


def makes(node: ast.AST, name: str) -> bool:
    """Return whether an expression calls a function by its name, or by a method that makes a task of it."""
    made = isinstance(node, ast.Call)
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute) and node.attr in MAKERS:
            node = node.value
        else:
            return False
    return made and node.id == name


def shown(subject: Subject, call: ast.Call, name: str) -> str:
    """Return a call as it is written; arguments that are long, or tasks themselves, as three dots."""
    text = source_of(subject, call)
    given = [*call.args, *(one.value for one in call.keywords)]
    inner = any(isinstance(part, ast.Call) for one in given for part in nodes(one))
    return f"{name}(...)" if inner or "\n" in text or len(text) > LONGEST else text
