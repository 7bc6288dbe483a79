"""What code could change if it ran: all that can be reached from the names in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.scan import scanned
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.doubted import CONTAINERS
from airflow_tune.dags.values.function import Bound, Function, Module
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue, XCom
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol
from airflow_tune.dags.values.taskflow import Decorated

FIXED = frozenset({str, int, float, bool, type(None), Function, Symbol})
"""Kinds of values that hold nothing to be changed."""
MAY_BE_SET = Unknown("an attribute that may be set")
DEEP = 3
"""Levels of containers and objects that are followed from a name."""


def reached(run: Run, body: Sequence[ast.AST], scope: Scope) -> Iterator[object]:
    """Yield the containers and Airflow's objects that code could change; objects' attributes are doubted."""
    if not any(scanned(node).changing for node in body):
        return
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
            pending.extend((function.node, function.scope) for function in functions(value))
            yield from inside(run, value, 0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            rebind(run, node, where)


def functions(value: object) -> Iterator[Function]:
    """Yield the functions of the project that a call of a value may run."""
    if type(value) in FIXED and type(value) is not Function:
        return
    if isinstance(value, Unknown):
        value = value.default
    if isinstance(value, (Bound, Decorated)):
        value = value.function
    if isinstance(value, Instance):
        value = value.cls
    if isinstance(value, Function):
        yield value
    elif isinstance(value, Class):
        yield from (one for base in value.lineage() if isinstance(base, Class) for one in methods(base))


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


def inside(run: Run, value: object, depth: int) -> Iterator[object]:
    """Yield a value and what it holds, as far as it can be changed."""
    if type(value) in FIXED:
        return
    if isinstance(value, Unknown):
        value = value.default
    if isinstance(value, Bound):
        value = value.owner
    if isinstance(value, (DagValue, TaskValue, GroupValue, XCom)):
        yield value
    elif depth > DEEP:
        return
    elif isinstance(value, CONTAINERS):
        yield value
        run.budget.spend(len(value))
        for part in value.values() if isinstance(value, dict) else value:
            if type(part) not in FIXED:
                yield from inside(run, part, depth + 1)
    elif isinstance(value, (Instance, Class, Module)):
        yield from attributes(run, value, depth)


def attributes(run: Run, value: Instance | Class | Module, depth: int) -> Iterator[object]:
    """Yield what the attributes of an object, class or module hold; they are doubted but for a module's."""
    names = names_of(value)
    for name, held in list(names.items()):
        if type(held) not in FIXED:
            yield from inside(run, held, depth + 1)
        if not isinstance(value, Module):
            new = run.doubtful(held, MAY_BE_SET)
            if new is not held:
                run.replace(names, name, new)


def names_of(value: Instance | Class | Module) -> dict[str, object]:
    """Return the attributes of an object, class or module."""
    if isinstance(value, Instance):
        return value.attributes
    return value.names if isinstance(value, Class) else value.scope.names
