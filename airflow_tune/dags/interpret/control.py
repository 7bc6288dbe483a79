"""`if`, `while` and `with`."""

from __future__ import annotations

import ast

from airflow_tune.dags.builder import blocks
from airflow_tune.dags.interpret import doubt
from airflow_tune.dags.interpret.assign import assign
from airflow_tune.dags.interpret.loop import body_of, jumped
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import Jump, RaisedError, Return, Signal
from airflow_tune.dags.interpret.truth import truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue, XCom
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.stream import Manager


def branch(run: Run, node: ast.If, scope: Scope) -> Signal:
    """Execute the side of an `if` that the test chooses, both in doubt where it is unknown."""
    verdict = truth(run, run.evaluate(node.test, scope))
    if isinstance(verdict, Unknown):
        reason = Unknown(verdict.reason, verdict.line or node.lineno, verdict.default, verdict.foreign)
        return doubt.branches(run, reason, node.body, node.orelse, scope)
    return run.execute(node.body if verdict else node.orelse, scope)


def repeat(run: Run, node: ast.While, scope: Scope) -> Signal:
    """Execute a `while` as long as its test surely holds, once where that is unknown."""
    mark = run.mark()
    try:
        return turns(run, node, scope)
    finally:
        run.settle(mark, Jump.BREAK, Jump.CONTINUE)


def turns(run: Run, node: ast.While, scope: Scope) -> Signal:
    """Execute the turns of a `while`."""
    sure = len(run.doubts)
    while True:
        verdict = truth(run, run.evaluate(node.test, scope))
        if verdict is False:
            return run.execute(node.orelse, scope)
        if isinstance(verdict, Unknown):
            reason = Unknown(verdict.reason, verdict.line or node.lineno, MISSING, verdict.foreign)
            return open_end(run, reason, node, scope)
        signal = body_of(run, node.body, scope)
        if jumped(run, signal, sure, scope):
            return signal if isinstance(signal, Return) else None


def open_end(run: Run, reason: Unknown, node: ast.While, scope: Scope) -> Signal:
    """Execute a turn that may come never or often: what it binds and changes is in doubt."""
    plain = Unknown(reason.reason, reason.line, foreign=reason.foreign)
    doubt.unsettle(run, plain, [node], scope)
    signal = doubt.branches(run, reason, node.body, [], scope)
    if isinstance(signal, Return):
        doubt.leap(run, Jump.RETURN, signal.value, plain, scope)
    with run.doubting(plain):
        return run.execute(node.orelse, scope)


def context(run: Run, node: ast.With | ast.AsyncWith, scope: Scope) -> Signal:
    """Execute a `with` block; DAGs, groups and setup tasks become the context of what is inside."""
    return entered(run, node, 0, scope)


def entered(run: Run, node: ast.With | ast.AsyncWith, index: int, scope: Scope) -> Signal:
    """Execute a block with its context managers from `index` on."""
    if index == len(node.items):
        return run.execute(node.body, scope)
    item = node.items[index]
    value = run.evaluate(item.context_expr, scope)
    call = Call([], {}, item.context_expr, scope)

    def inside(bound: object) -> Signal:
        if item.optional_vars is not None:
            assign(run, item.optional_vars, bound, scope)
        return entered(run, node, index + 1, scope)

    if isinstance(value, Manager):
        return blocks.through(run, value, inside, call)
    bound = blocks.enter(run, value, call)
    try:
        return inside(bound)
    except RaisedError as error:
        return swallowed(run, value, error, node)
    finally:
        blocks.leave(run, value, Call([], {}, node, scope))


def swallowed(run: Run, value: object, error: RaisedError, node: ast.With | ast.AsyncWith) -> Signal:
    """Go on in doubt after an exception that a context manager which is not read may have swallowed."""
    if value is None or isinstance(value, (DagValue, GroupValue, TaskValue, XCom, list)):
        raise error
    run.hazard(Unknown(f"whether a with block swallows {error.name}", node.lineno))
    return None
