"""`try`: a handler runs for what is surely raised, and in doubt for what may be."""

from __future__ import annotations

import ast

from airflow_tune.dags.interpret import doubt
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import Jump, RaisedError, Return, Signal
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.scope import Scope

LEAVING = (ast.Raise, ast.Return, ast.Continue, ast.Break)
IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})


def attempt(run: Run, node: ast.Try, scope: Scope) -> Signal:
    """Execute a `try`."""
    mark = run.mark()
    run.trying += 1
    signal: Signal = None
    try:
        signal = guarded(run, node, mark, scope)
    finally:
        run.trying -= 1
        run.settle(mark, *([] if run.trying else [Jump.RAISE]))
        last = run.execute(node.finalbody, scope)
    return last or signal


def guarded(run: Run, node: ast.Try, mark: tuple[int, int, int], scope: Scope) -> Signal:
    """Execute the body and, where it raises or may raise, the handlers."""
    sure = len(run.doubts)
    try:
        signal, reason = risked(run, node, scope)
        if signal is None:
            signal = run.execute(node.orelse, scope)
    except RaisedError as error:
        reason = error.doubt or (run.doubts[-1] if len(run.doubts) > sure else None)
        return handled(run, node, error, scope) if reason is None else in_doubt(run, node, reason, scope)
    if reason is None:
        return signal
    run.settle(mark, Jump.RAISE)
    return either(run, node, signal, reason, scope)


def risked(run: Run, node: ast.Try, scope: Scope) -> tuple[Signal, Unknown | None]:
    """Execute the body; from where it may raise on, in doubt. Return the doubt as well."""
    reason = None
    for part in node.body:
        risks, raises, effects = run.risks, len(run.escapes), run.effects
        signal = run.execute([part], scope)
        leaps = any(jump is Jump.RAISE for jump, _ in run.escapes[raises:])
        if reason is None and node.handlers and (leaps or run.risks != risks) and swallows(node):
            reason = Unknown("whether an exception is raised", part.lineno)
            run.doubts.append(reason)
            if run.effects != effects and not isinstance(part, (ast.Expr, ast.Assign)):
                run.suspect(reason)
            doubt.unsettle(run, reason, [part], scope)
        if signal is not None:
            return signal, reason
    return None, reason


def swallows(node: ast.Try) -> bool:
    """Return whether a handler may let the code after the `try` run."""
    return any(not isinstance(handler.body[-1], ast.Raise) for handler in node.handlers)


def either(run: Run, node: ast.Try, signal: Signal, reason: Unknown, scope: Scope) -> Signal:
    """Execute the handlers too, in doubt, after a body that may have raised."""
    if signal is not None:
        jump = Jump.RETURN if isinstance(signal, Return) else signal
        doubt.leap(run, jump, getattr(signal, "value", MISSING), reason, scope)
    after = in_doubt(run, node, reason, scope)
    if after is not None:
        jump = Jump.RETURN if isinstance(after, Return) else after
        doubt.leap(run, jump, getattr(after, "value", MISSING), reason, scope)
    return None


def in_doubt(run: Run, node: ast.Try, reason: Unknown, scope: Scope) -> Signal:
    """Execute each handler in doubt; names that they bind are joined with what the body bound."""
    found: Signal = None
    for handler in node.handlers:
        before = dict(scope.names)
        signal = doubt.guarded(run, reason, quiet(handler), scope)
        if signal is None:
            doubt.merge(run, before, scope, reason)
        else:
            scope.names.clear()
            scope.names.update(before)
            found = signal if signal is not Jump.RAISE else found
    return found


def quiet(handler: ast.ExceptHandler) -> list[ast.stmt]:
    """Return a handler's body without the None for a missing import: who uses the name has the package."""
    if not IMPORT_ERRORS.intersection(caught(handler.type)):
        return handler.body
    return [part for part in handler.body if not is_none(part)]


def is_none(part: ast.stmt) -> bool:
    """Return whether a statement binds None."""
    return isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant) and part.value.value is None


def handled(run: Run, node: ast.Try, error: RaisedError, scope: Scope) -> Signal:
    """Execute the handler that catches `error`, else raise it again."""
    for handler in node.handlers:
        if handler.type is None or any(error.is_a(name) for name in caught(handler.type)):
            if handler.name:
                run.bind(scope, handler.name, Unknown("an exception", handler.lineno))
            return run.execute(handler.body, scope)
    raise error


def caught(node: ast.expr | None) -> list[str]:
    """Return the last names of the classes that an `except` lists."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in parts]
