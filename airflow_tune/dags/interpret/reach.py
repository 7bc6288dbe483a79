"""What code could change if it ran: all that can be reached from the names in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import TypeAlias, cast

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.scan import scanned
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.doubted import CONTAINERS, Doubted
from airflow_tune.dags.values.function import Bound, Function, Module
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue, XCom
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol
from airflow_tune.dags.values.taskflow import Decorated

SIMPLE = frozenset({str, int, float, bool, type(None), Symbol})
"""Kinds of values that hold nothing to be changed and run nothing when called."""
FIXED = SIMPLE | {Function}
"""Kinds of values that hold nothing to be changed."""
AIRFLOW = frozenset({DagValue, TaskValue, GroupValue, XCom})
Airflows: TypeAlias = "DagValue | TaskValue | GroupValue | XCom"
MAY_BE_SET = Unknown("an attribute that may be set")
DEEP = 3
"""Levels of containers and objects that are followed from a name."""


def reached(run: Run, reason: Unknown, body: Sequence[ast.AST], scope: Scope) -> list[Airflows]:
    """Return Airflow's objects that code could change; containers and objects' attributes are doubted."""
    found: list[Airflows] = []
    if not any(scanned(node).changing for node in body):
        return found
    pending = [(node, scope) for node in body]
    seen: set[int] = set()
    while pending:
        node, where = pending.pop()
        names = scanned(node).names
        run.budget.spend(len(names))
        for name in names:
            value = where.find(name)
            if value is MISSING or id(value) in seen:
                continue
            seen.add(id(value))
            if type(value) in SIMPLE:
                continue
            pending.extend((function.node, function.scope) for function in functions(value))
            inside(run, reason, value, 0, found)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            rebind(run, node, where)
    return found


def functions(value: object) -> Iterable[Function]:
    """Return the functions of the project that a call of a value may run."""
    if isinstance(value, Unknown):
        value = value.default
    if isinstance(value, (Bound, Decorated)):
        value = value.function
    if isinstance(value, Instance):
        value = value.cls
    if isinstance(value, Function):
        return (value,)
    if isinstance(value, Class):
        return [one for base in value.lineage() if isinstance(base, Class) for one in methods(base)]
    return ()


def methods(cls: Class) -> list[Function]:
    """Return the functions in a class."""
    return [value for value in cls.names.values() if isinstance(value, Function)]


def rebind(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    """Doubt the names outside a function that it declares as its own to bind."""
    for name in scanned(node).declared:
        place: Scope | None = scope
        while place is not None:
            if name in place.names:
                held = run.doubtful(place.names[name], Unknown("a function that may be called"))
                run.replace(place.names, name, held)
            place = place.parent


def inside(run: Run, reason: Unknown, value: object, depth: int, found: list[Airflows]) -> None:
    """Doubt what a value holds, as far as it can be changed, and add Airflow's objects in it to `found`."""
    kind = type(value)
    if kind is Doubted or kind is Unknown:
        value = value.default  # type: ignore[attr-defined]
        kind = type(value)
    if kind is Bound:
        value = value.owner  # type: ignore[attr-defined]
        kind = type(value)
    if kind in FIXED:
        return
    if kind in AIRFLOW:
        found.append(cast("Airflows", value))
    elif depth > DEEP:
        return
    elif isinstance(value, CONTAINERS):
        run.doubt(value, reason)
        run.budget.spend(len(value))
        for part in value.values() if isinstance(value, dict) else value:
            if type(part) not in FIXED:
                inside(run, reason, part, depth + 1, found)
    elif isinstance(value, (Instance, Class, Module)):
        attributes(run, reason, value, depth, found)


def attributes(
    run: Run, reason: Unknown, value: Instance | Class | Module, depth: int, found: list[Airflows]
) -> None:
    """Look at what the attributes of an object, class or module hold; they are doubted but for a module's."""
    names = names_of(value)
    for name, held in list(names.items()):
        kind = type(held)
        if kind not in FIXED:
            inside(run, reason, held, depth + 1, found)
        if kind is not Doubted and kind is not Unknown and not isinstance(value, Module):
            new = run.doubtful(held, MAY_BE_SET)
            if new is not held:
                run.replace(names, name, new)


def names_of(value: Instance | Class | Module) -> dict[str, object]:
    """Return the attributes of an object, class or module."""
    if isinstance(value, Instance):
        return value.attributes
    return value.names if isinstance(value, Class) else value.scope.names
