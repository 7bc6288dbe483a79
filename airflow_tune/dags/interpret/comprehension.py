"""Comprehensions of lists, sets and dicts; generator expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from airflow_tune.dags.interpret.assign import assign
from airflow_tune.dags.interpret.doubt import abandon, further
from airflow_tune.dags.interpret.iteration import elements, unless_order
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.stream import Stream

First: TypeAlias = "tuple[Iterable[object], Unknown | None]"


@dataclass(slots=True, eq=False)
class Walk:
    """The clauses of a comprehension, what it fills, and what is done for each combination."""

    clauses: list[ast.comprehension]
    scope: Scope
    found: object
    take: Callable[[], None]
    parts: list[ast.expr]


def around(scope: Scope) -> Scope:
    """Return the scope of a comprehension."""
    inner = scope.inner()
    inner.is_comprehension = True
    return inner


def first(run: Run, node: ast.expr, scope: Scope) -> First:
    """Return the elements of the outermost iterable, which is evaluated in the scope around."""
    return elements(run, run.evaluate(node, scope), Call([], {}, node, scope))


def list_of(run: Run, node: ast.ListComp, scope: Scope) -> object:
    """Evaluate a list comprehension."""
    found: list[object] = []
    inner = around(scope)
    start = first(run, node.generators[0].iter, scope)
    take = Walk(
        node.generators, inner, found, lambda: found.append(run.evaluate(node.elt, inner)), [node.elt]
    )
    walk(run, take, 0, start)
    return found


def generator(run: Run, node: ast.GeneratorExp, scope: Scope) -> object:
    """Evaluate a generator expression to an iterator; only its outermost iterable is evaluated at once."""
    value = run.evaluate(node.generators[0].iter, scope)
    inner = around(scope)

    def push(take: Callable[[object], None]) -> Unknown | None:
        marker: list[object] = []
        start = elements(run, value, Call([], {}, node, scope))
        each = Walk(node.generators, inner, marker, lambda: take(run.evaluate(node.elt, inner)), [node.elt])
        walk(run, each, 0, start)
        return run.taint_of(marker)

    return Stream(push, (value,))


def set_of(run: Run, node: ast.SetComp, scope: Scope) -> object:
    """Evaluate a set comprehension."""
    found: set[object] = set()
    inner = around(scope)

    def add() -> None:
        value = run.evaluate(node.elt, inner)
        if isinstance(value, Unknown):
            run.taint(found, value)
        try:
            found.add(value)
        except TypeError as error:
            raise RaisedError("TypeError", str(error), node.lineno) from None

    start = first(run, node.generators[0].iter, scope)
    walk(run, Walk(node.generators, inner, found, add, [node.elt]), 0, start)
    return found


def dict_of(run: Run, node: ast.DictComp, scope: Scope) -> object:
    """Evaluate a dict comprehension."""
    found: dict[object, object] = {}
    inner = around(scope)

    def put() -> None:
        key = run.evaluate(node.key, inner)
        if isinstance(key, Unknown):
            run.taint(found, key)
        try:
            found[key] = run.evaluate(node.value, inner)
        except TypeError as error:
            raise RaisedError("TypeError", str(error), node.lineno) from None

    start = first(run, node.generators[0].iter, scope)
    walk(run, Walk(node.generators, inner, found, put, [node.key, node.value]), 0, start)
    return found


def walk(run: Run, each: Walk, index: int, start: First | None) -> None:
    """Take each combination of the `for` clauses from `index` on that passes their `if`s."""
    if index == len(each.clauses):
        if run.doubts:
            run.taint(each.found, run.doubts[-1])
        each.take()
        return
    clause = each.clauses[index]
    values, reason = start or first(run, clause.iter, each.scope)
    if reason is not None and not (isinstance(each.found, set) and unless_order(reason) is None):
        run.taint(each.found, reason)
    if reason is not None and unless_order(reason) is not None:
        further(run, reason, values, [*each.parts, *each.clauses[index + 1 :], *clause.ifs], each.scope)
    if unless_order(reason) is None:
        turns(run, each, index, values)
        return
    with run.doubting(reason):
        turns(run, each, index, values)


def turns(run: Run, each: Walk, index: int, values: Iterable[object]) -> None:
    """Take each element of one clause."""
    target = each.clauses[index].target
    for value in values:
        run.budget.spend()
        assign(run, target, value, each.scope)
        passes(run, each, index)


def passes(run: Run, each: Walk, index: int) -> None:
    """Go on when the clause's `if`s hold, in doubt when that is unknown."""
    doubt = None
    clause = each.clauses[index]
    for test in clause.ifs:
        verdict = truth(run, run.evaluate(test, each.scope))
        if verdict is False:
            return
        if isinstance(verdict, Unknown):
            doubt = Unknown(verdict.reason, verdict.line or test.lineno)
            run.taint(each.found, doubt)
            if verdict.default is not MISSING and not verdict.default:
                abandon(run, doubt, [*each.parts, *each.clauses[index + 1 :]], each.scope)
                return
    if doubt is None:
        walk(run, each, index + 1, None)
        return
    with run.doubting(doubt):
        walk(run, each, index + 1, None)
