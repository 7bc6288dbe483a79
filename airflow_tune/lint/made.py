"""Where a DAG or a task takes its arguments: the operator's call, or the decorator of its function."""

from __future__ import annotations

import ast

from airflow_tune.dags.model import Dag, Place, Task
from airflow_tune.lint.index import Site, dotted
from airflow_tune.lint.subject import Subject

TASK = "@task"


def maker_of_task(subject: Subject, task: Task) -> ast.expr | None:
    """Return the call, or the decorator, that takes a task's arguments; None where several might."""
    if task.operator.startswith(TASK):
        return _decorator(subject, task.place, "task")
    found = [
        site.node
        for site in _sites(subject, task.place)
        if site.last == task.operator or site.name.endswith(f"{task.operator}.partial")
    ]
    return found[0] if len(found) == 1 else None


def maker_of_dag(subject: Subject, dag: Dag) -> ast.expr | None:
    """Return the call of DAG, or the decorator, that takes a DAG's arguments; None where several might."""
    found = [site.node for site in _sites(subject, dag.place) if site.last == "DAG"]
    if len(found) == 1:
        return found[0]
    return None if found else _decorator(subject, dag.place, "dag")


def _sites(subject: Subject, place: Place) -> list[Site]:
    return subject.calls.get(place.line, []) if place.file == subject.file else []


def _decorator(subject: Subject, place: Place, kind: str) -> ast.expr | None:
    """Return the decorator of the one function that is called at a place, straight or by its methods."""
    called = {base for site in _sites(subject, place) if (base := _base(site.node.func))}
    found = [
        decorator
        for one in subject.index.functions
        if one.name in called
        for decorator in one.decorator_list
        if kind in _words(subject, decorator)
    ]
    return found[0] if len(found) == 1 else None


def _base(node: ast.expr) -> str:
    """Return the name that `f`, `f.expand` and `f.override(...).expand` begin with."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ""
    return node.id


def _words(subject: Subject, decorator: ast.expr) -> list[str]:
    part = decorator.func if isinstance(decorator, ast.Call) else decorator
    return dotted(part, subject.index.aliases).split(".")
