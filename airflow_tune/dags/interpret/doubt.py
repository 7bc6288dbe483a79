"""Code of which it is unknown whether it runs: what it binds and builds afterwards is in doubt."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import Jump, RaisedError, Return, Signal
from airflow_tune.dags.interpret.truth import is_plain
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue, XCom
from airflow_tune.dags.values.scope import Scope

ENDS = (ast.Return, ast.Break, ast.Continue, ast.Raise)


def branches(
    run: Run, reason: Unknown, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt], scope: Scope
) -> Signal:
    """Execute the side that the test's default chooses, or both when it has none.

    Returns the signal on which both agree; where they differ, the rest of the block is read in doubt.
    """
    plain = Unknown(reason.reason, reason.line, foreign=reason.foreign)
    before = dict(scope.names)
    if reason.default is not MISSING:
        taken, left = (body, orelse) if reason.default else (orelse, body)
        signal = guarded(run, plain, taken, scope)
        abandon(run, plain, left, scope)
        other: Signal = None if not ends(left) else Jump.CONTINUE
    else:
        signal = guarded(run, plain, body, scope)
        first = dict(scope.names)
        scope.names.clear()
        scope.names.update(before)
        other = guarded(run, plain, orelse, scope)
        merge(run, first, scope, plain)
    weigh(run, before, scope, assigned([*body, *orelse]), plain)
    return agree(run, signal, other, plain, chosen=reason.default is not MISSING)


def guarded(run: Run, reason: Unknown, body: Sequence[ast.stmt], scope: Scope) -> Signal:
    """Execute a side in doubt; what it raises is taken not to happen, so the side just ends."""
    with run.doubting(reason):
        try:
            return run.execute(body, scope)
        except RaisedError:
            return Jump.CONTINUE


def agree(run: Run, signal: Signal, other: Signal, reason: Unknown, *, chosen: bool) -> Signal:
    """Return how the block goes on after both sides."""
    if chosen:
        if signal is not None or other is not None:
            run.doubts.append(reason)
        return signal
    if isinstance(signal, Return) and isinstance(other, Return):
        return Return(joined(run, signal.value, other.value, reason))
    if signal is other or (signal is Jump.BREAK and other is Jump.BREAK):
        return signal
    run.doubts.append(reason)
    return None


def joined(run: Run, first: object, second: object, reason: Unknown) -> object:
    """Return the value of two of which one holds."""
    if first is second or (
        is_plain(first) and is_plain(second) and type(first) is type(second) and first == second
    ):
        return first
    for value in (first, second):
        taint(run, value, reason)
    if is_plain(first) and is_plain(second) and first is not None and second is not None:
        return Unknown(reason.reason, reason.line)
    return second if first is None else first


def taint(run: Run, value: object, reason: Unknown) -> None:
    """Doubt the DAG of a graph's object, or a container's contents."""
    if isinstance(value, DagValue):
        value.doubt(reason)
    elif isinstance(value, (TaskValue, GroupValue)) and value.dag is not None:
        value.dag.doubt(reason)
    elif isinstance(value, XCom):
        for task in value.tasks:
            taint(run, task, reason)
    elif isinstance(value, (list, dict, tuple, set)):
        run.taint(value, reason)


def merge(run: Run, first: dict[str, object], scope: Scope, reason: Unknown) -> None:
    """Join what both sides bound into `scope`, which holds the second side's names."""
    for name, value in first.items():
        scope.names[name] = joined(run, value, scope.names[name], reason) if name in scope.names else value


def weigh(run: Run, before: dict[str, object], scope: Scope, names: set[str], reason: Unknown) -> None:
    """Put the names that either side may bind in doubt."""
    for name in names:
        value = scope.names.get(name, MISSING)
        if value is MISSING or isinstance(value, Unknown):
            continue
        if name in before and value is before[name]:
            value = before[name]
        if is_plain(value) and not isinstance(value, (list, dict, tuple, set)):
            scope.names[name] = Unknown(reason.reason, reason.line, value)
        else:
            taint(run, value, reason)


def abandon(run: Run, reason: Unknown, body: Sequence[ast.stmt], scope: Scope) -> None:
    """Doubt the DAGs that a side which was not read could add to."""
    if any(isinstance(part, ast.Call) for node in body for part in ast.walk(node)):
        run.suspect(reason, [value for value in scope.names.values() if isinstance(value, DagValue)])


def ends(body: Sequence[ast.stmt]) -> bool:
    """Return whether a side may jump out of the block."""
    return bool(body) and any(isinstance(part, ENDS) for node in body for part in ast.walk(node))


def assigned(body: Sequence[ast.stmt]) -> set[str]:
    """Return the names that statements bind, inner functions' own excepted."""
    return {name for node in body for name in bound(node)}


def bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds in its scope."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from bound(child)
