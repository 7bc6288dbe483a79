"""List, set and dict comprehensions and generator expressions; a generator is worked out at once."""

from __future__ import annotations

import ast
from collections.abc import Callable

from airflow_tune.dags.interpret.assign import assign
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.scope import Scope


def list_of(run: Run, node: ast.ListComp | ast.GeneratorExp, scope: Scope) -> object:
    """Evaluate a list comprehension or generator expression to a list."""
    found: list[object] = []
    inner = scope.inner()
    walk(run, node.generators, inner, found, lambda: found.append(run.evaluate(node.elt, inner)))
    return found


def set_of(run: Run, node: ast.SetComp, scope: Scope) -> object:
    """Evaluate a set comprehension."""
    found: set[object] = set()
    inner = scope.inner()

    def add() -> None:
        try:
            found.add(run.evaluate(node.elt, inner))
        except TypeError as error:
            raise RaisedError("TypeError", str(error), node.lineno) from None

    walk(run, node.generators, inner, found, add)
    return found


def dict_of(run: Run, node: ast.DictComp, scope: Scope) -> object:
    """Evaluate a dict comprehension."""
    found: dict[object, object] = {}
    inner = scope.inner()

    def put() -> None:
        key = run.evaluate(node.key, inner)
        if isinstance(key, Unknown):
            run.taint(found, key)
        try:
            found[key] = run.evaluate(node.value, inner)
        except TypeError as error:
            raise RaisedError("TypeError", str(error), node.lineno) from None

    walk(run, node.generators, inner, found, put)
    return found


def walk(
    run: Run, generators: list[ast.comprehension], scope: Scope, found: object, take: Callable[[], None]
) -> None:
    """Call `take` for each combination of the `for` clauses that passes their `if`s."""
    if not generators:
        run.changed(found)
        take()
        return
    clause = generators[0]
    values, reason = elements(run, run.evaluate(clause.iter, scope), Call([], {}, clause.iter, scope))
    if reason is not None:
        run.taint(found, reason)
    with run.doubting(reason):
        for value in values:
            run.budget.spend()
            assign(run, clause.target, value, scope)
            passes(run, clause, scope, found, lambda: walk(run, generators[1:], scope, found, take))


def passes(run: Run, clause: ast.comprehension, scope: Scope, found: object, go: Callable[[], None]) -> None:
    """Go on when the clause's `if`s hold, in doubt when that is unknown."""
    doubt = None
    for test in clause.ifs:
        verdict = truth(run.evaluate(test, scope))
        if verdict is False:
            return
        if isinstance(verdict, Unknown):
            doubt = Unknown(verdict.reason, verdict.line or test.lineno)
            run.taint(found, doubt)
            if verdict.default is not MISSING and not verdict.default:
                return
    with run.doubting(doubt):
        go()
