"""Code of which it is unknown whether it runs: what it binds and builds afterwards is in doubt."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TypeAlias

from airflow_tune.dags.interpret.reach import Airflows, reached
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.scan import assigned, jumps, scanned
from airflow_tune.dags.interpret.signal import Jump, RaisedError, Return, Signal
from airflow_tune.dags.interpret.truth import is_plain
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.doubted import Doubted
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Symbol

Body: TypeAlias = "Sequence[ast.stmt]"
RENAMED = {"DummyOperator": "EmptyOperator", "SimpleHttpOperator": "HttpOperator"}
"""Operators that files import under either name, whichever the installed Airflow has."""


def branches(run: Run, reason: Unknown, body: Body, orelse: Body, scope: Scope) -> Signal:
    """Execute the side that the test's default chooses, or both when it has none.

    Returns the signal on which both agree; where they differ, the rest is read in doubt.
    """
    plain = Unknown(reason.reason, reason.line, foreign=reason.foreign)
    if reason.default is not MISSING:
        taken, left = (body, orelse) if reason.default else (orelse, body)
        return chosen(run, plain, taken, left, scope)
    before = dict(scope.names)
    signal = guarded(run, plain, body, scope)
    first = dict(scope.names)
    scope.names.clear()
    scope.names.update(before)
    other = guarded(run, plain, orelse, scope)
    merge(run, first, scope, plain)
    return agree(run, signal, other, plain, scope)


def chosen(run: Run, reason: Unknown, taken: Body, left: Body, scope: Scope) -> Signal:
    """Execute the side that is taken by default, and doubt what the other could do instead."""
    signal = guarded(run, reason, taken, scope)
    abandon(run, reason, left, scope)
    if signal is Jump.RAISE or signal is None:
        for jump in ([signal] if signal else []) + jumps(left):
            leap(run, jump, MISSING, reason, scope)
        return None
    # What follows is never read, though it may be what runs.
    run.hazard(reason)
    if isinstance(signal, Return):
        scope.returns = [*scope.returns, (MISSING, reason)]
    return signal


def guarded(run: Run, reason: Unknown, body: Body, scope: Scope) -> Signal:
    """Execute a side in doubt; what it raises is not raised for sure, so the side just ends."""
    with run.doubting(reason):
        try:
            return run.execute(body, scope)
        except RaisedError:
            return Jump.RAISE


def evaluated(run: Run, reason: Unknown, evaluate: Callable[[], object]) -> object:
    """Return what is evaluated in doubt; what it raises may not be raised."""
    try:
        with run.doubting(reason):
            return evaluate()
    except RaisedError:
        run.escape(Jump.RAISE, reason)
        return Unknown(reason.reason, reason.line)


def agree(run: Run, signal: Signal, other: Signal, reason: Unknown, scope: Scope) -> Signal:
    """Return how the block goes on after both sides."""
    if isinstance(signal, Return) and isinstance(other, Return):
        return Return(joined(run, signal.value, other.value, reason))
    if signal is other and signal is not Jump.RAISE:
        return signal
    for one in (signal, other):
        if one is not None:
            jump = Jump.RETURN if isinstance(one, Return) else one
            leap(run, jump, getattr(one, "value", MISSING), reason, scope)
    return None


def leap(run: Run, jump: Jump, value: object, reason: Unknown, scope: Scope) -> None:
    """Go on as if a jump had not happened, in doubt; a value that may have been returned is kept."""
    if jump is Jump.RETURN:
        scope.returns = [*scope.returns, (value, reason)]
    run.escape(jump, reason)


def joined(run: Run, first: object, second: object, reason: Unknown) -> object:
    """Return the value of two of which one holds."""
    if first is second or alike(run, first, second):
        return first
    if isinstance(first, Doubted) and isinstance(second, Doubted) and same(first.default, second.default):
        return first.default
    for value in (first, second):
        run.doubt(value, reason)
    known = [value for value in (first, second) if not is_plain(value) and not isinstance(value, Unknown)]
    if known:
        return run.doubtful(known[-1], reason)
    return Unknown(reason.reason, reason.line)


def alike(run: Run, first: object, second: object) -> bool:
    """Return whether two values cannot be told apart."""
    if isinstance(first, (list, dict, set)) and (run.taint_of(first) or run.taint_of(second)):
        return False
    return same(first, second)


def same(first: object, second: object) -> bool:
    """Return whether two plain values are equal, or two names of other packages mean one class."""
    if isinstance(first, Symbol) and isinstance(second, Symbol):
        return RENAMED.get(first.last, first.last) == RENAMED.get(second.last, second.last)
    return is_plain(first) and is_plain(second) and type(first) is type(second) and first == second


def merge(run: Run, first: dict[str, object], scope: Scope, reason: Unknown) -> None:
    """Join what both sides bound into `scope`, which holds the second side's names."""
    for name, value in first.items():
        if name not in scope.names:
            scope.names[name] = run.doubtful(value, reason)
        elif scope.names[name] is not value:
            found = joined(run, value, scope.names[name], reason)
            scope.names[name] = run.doubtful(found, run.doubts[-1]) if run.doubts else found
    for name in scope.names.keys() - first.keys():
        scope.names[name] = run.doubtful(scope.names[name], reason)


def abandon(run: Run, reason: Unknown, body: Sequence[ast.AST], scope: Scope) -> None:
    """Doubt what code that was not read could change: names, containers, objects, DAGs."""
    for value in unsettle(run, reason, body, scope):
        run.doubt(value, reason)
    if any(scanned(node).changing for node in body):
        run.suspect(reason)


def further(run: Run, reason: Unknown, values: object, body: Sequence[ast.AST], scope: Scope) -> None:
    """Doubt what code does to elements that are not known; it is read for one unknown element at most."""
    if isinstance(values, list) and len(values) == 1 and isinstance(values[0], Unknown):
        unsettle(run, reason, body, scope)
    else:
        abandon(run, reason, body, scope)


def unsettle(run: Run, reason: Unknown, body: Sequence[ast.AST], scope: Scope) -> list[Airflows]:
    """Doubt the names and containers that code may change, once or often; return Airflow's objects in it."""
    for name in assigned(body):
        names = scope.elsewhere.get(name, scope).names
        if name in names:
            run.replace(names, name, run.doubtful(names[name], reason))
    return reached(run, reason, body, scope)
