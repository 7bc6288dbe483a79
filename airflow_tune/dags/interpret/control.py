"""`if`, `for`, `while`, `with`, `try` and `match`."""

from __future__ import annotations

import ast

from airflow_tune.dags.builder import blocks
from airflow_tune.dags.interpret import doubt
from airflow_tune.dags.interpret.assign import assign
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.operation import compared
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import Jump, RaisedError, Return, Signal
from airflow_tune.dags.interpret.truth import truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.scope import Scope


def branch(run: Run, node: ast.If, scope: Scope) -> Signal:
    """Execute the side of an `if` that the test chooses, both in doubt where it is unknown."""
    verdict = truth(run.evaluate(node.test, scope))
    if isinstance(verdict, Unknown):
        reason = Unknown(verdict.reason, verdict.line or node.lineno, verdict.default, verdict.foreign)
        return doubt.branches(run, reason, node.body, node.orelse, scope)
    return run.execute(node.body if verdict else node.orelse, scope)


def loop(run: Run, node: ast.For | ast.AsyncFor, scope: Scope) -> Signal:
    """Execute a `for` over known elements, or once over "one or more of these"."""
    values, reason = elements(run, run.evaluate(node.iter, scope), Call([], {}, node.iter, scope))
    with run.doubting(reason):
        for value in values:
            assign(run, node.target, value, scope)
            signal = turn(run, node.body, scope)
            if signal is Jump.BREAK:
                return None
            if isinstance(signal, Return):
                return signal
    return run.execute(node.orelse, scope)


def turn(run: Run, body: list[ast.stmt], scope: Scope) -> Signal:
    """Execute a loop's body once; a doubtful `continue` in it is over with it."""
    run.budget.spend()
    before = len(run.doubts)
    try:
        return run.execute(body, scope)
    finally:
        del run.doubts[before:]


def repeat(run: Run, node: ast.While, scope: Scope) -> Signal:
    """Execute a `while` as long as its test surely holds, once where that is unknown."""
    while True:
        verdict = truth(run.evaluate(node.test, scope))
        if verdict is False:
            return run.execute(node.orelse, scope)
        if isinstance(verdict, Unknown):
            reason = Unknown(verdict.reason, verdict.line or node.lineno, MISSING, verdict.foreign)
            signal = doubt.branches(run, reason, node.body, [], scope)
            return signal if isinstance(signal, Return) else None
        signal = turn(run, node.body, scope)
        if signal is Jump.BREAK:
            return None
        if isinstance(signal, Return):
            return signal


def context(run: Run, node: ast.With | ast.AsyncWith, scope: Scope) -> Signal:
    """Execute a `with` block; DAGs, groups and setup tasks become the context of what is inside."""
    entered: list[object] = []
    try:
        for item in node.items:
            value = run.evaluate(item.context_expr, scope)
            call = Call([], {}, item.context_expr, scope)
            bound = blocks.enter(run, value, call)
            entered.append(value)
            if item.optional_vars is not None:
                assign(run, item.optional_vars, bound, scope)
        return run.execute(node.body, scope)
    finally:
        for value in reversed(entered):
            blocks.leave(run, value, Call([], {}, node, scope))


def attempt(run: Run, node: ast.Try, scope: Scope) -> Signal:
    """Execute a `try`; a handler runs only for what is surely raised."""
    try:
        signal = run.execute(node.body, scope)
        if signal is None:
            signal = run.execute(node.orelse, scope)
    except RaisedError as error:
        signal = handled(run, node, error, scope)
    finally:
        last = run.execute(node.finalbody, scope)
    return last or signal


def handled(run: Run, node: ast.Try, error: RaisedError, scope: Scope) -> Signal:
    """Execute the handler that catches `error`, else raise it again."""
    for handler in node.handlers:
        if handler.type is None or any(error.is_a(name) for name in caught(handler.type)):
            if handler.name:
                scope.bind(handler.name, Unknown("an exception", handler.lineno))
            return run.execute(handler.body, scope)
    raise error


def caught(node: ast.expr) -> list[str]:
    """Return the last names of the classes that an `except` lists."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in parts]


def match(run: Run, node: ast.Match, scope: Scope) -> Signal:
    """Execute the first case that surely matches; where that is unknown, each in doubt."""
    subject = run.evaluate(node.subject, scope)
    for index, case in enumerate(node.cases):
        verdict = matches(run, case.pattern, subject, scope)
        if verdict is True and case.guard is not None:
            verdict = truth(run.evaluate(case.guard, scope))
        if verdict is True:
            return run.execute(case.body, scope)
        if isinstance(verdict, Unknown):
            reason = Unknown(verdict.reason, verdict.line or node.lineno)
            rest = [part for other in node.cases[index + 1 :] for part in other.body]
            return doubt.branches(run, reason, case.body, rest, scope)
    return None


def matches(run: Run, pattern: ast.pattern, subject: object, scope: Scope) -> bool | Unknown:
    """Return whether a pattern matches; only values, alternatives and captures are decided."""
    if isinstance(pattern, ast.MatchValue):
        value = run.evaluate(pattern.value, scope)
        return truth(compared(ast.Eq, subject, value, pattern.lineno))
    if isinstance(pattern, ast.MatchSingleton):
        return truth(compared(ast.Is, subject, pattern.value, pattern.lineno))
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        if pattern.name:
            scope.bind(pattern.name, subject)
        return True
    if isinstance(pattern, ast.MatchOr):
        verdicts = [matches(run, part, subject, scope) for part in pattern.patterns]
        unknown = next((verdict for verdict in verdicts if isinstance(verdict, Unknown)), False)
        return True if True in verdicts else unknown
    return Unknown("a structural pattern", pattern.lineno)
