"""`for`, over what is known, over iterators as they yield, and over "one or more of these"."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from airflow_tune.dags.interpret import doubt
from airflow_tune.dags.interpret.assign import assign
from airflow_tune.dags.interpret.iteration import elements, leave, unless_order
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.scan import assigned
from airflow_tune.dags.interpret.signal import Jump, RaisedError, Return, Signal
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.stream import StopPushError, Stream


def loop(run: Run, node: ast.For | ast.AsyncFor, scope: Scope) -> Signal:
    """Execute a `for`."""
    value = run.evaluate(node.iter, scope)
    mark = run.mark()
    try:
        if isinstance(value, Stream) and value.push is not None:
            signal = pushed(run, node, value, scope)
        else:
            signal = pulled(run, node, value, scope)
        if signal is None:
            return run.execute(node.orelse, scope)
        return signal if isinstance(signal, Return) else None
    finally:
        run.settle(mark, Jump.BREAK, Jump.CONTINUE)


def pulled(run: Run, node: ast.For | ast.AsyncFor, value: object, scope: Scope) -> Signal:
    """Execute a `for` over elements that are there; return the jump that ended it."""
    sure = len(run.doubts)
    start = value.at if isinstance(value, Stream) else 0
    values, reason = elements(run, value, Call([], {}, node.iter, scope))
    if reason is not None and unless_order(reason) is None:
        reason = carried(node, reason, scope)
    if reason is not None:
        run.doubts.append(reason)
        doubt.further(run, reason, values, node.body, scope)
    for count, element in enumerate(living(value) if type(value) is list else values, 1):
        signal = element_of(run, node, element, reason, scope)
        if jumped(run, signal, sure, scope):
            if isinstance(value, Stream):
                leave(run, value, start + count, node.lineno)
            return signal
    return None


def element_of(
    run: Run, node: ast.For | ast.AsyncFor, element: object, reason: Unknown | None, scope: Scope
) -> Signal:
    """Execute the body for one element; what it raises for one in doubt may not be raised."""
    try:
        assign(run, node.target, element, scope)
        return body_of(run, node.body, scope)
    except RaisedError:
        if reason is None:
            raise
        run.escape(Jump.RAISE, reason)
        return None


def living(values: list[object]) -> Iterator[object]:
    """Yield the elements of a list that may be changed meanwhile, as Python does."""
    at = 0
    while at < len(values):
        yield values[at]
        at += 1


def carried(node: ast.For | ast.AsyncFor, reason: Unknown, scope: Scope) -> Unknown | None:
    """Return that the order is in doubt where one turn may hand something on to the next."""
    names = assigned(node.body).keys() & scope.names.keys()
    return reason if names - assigned([node.target]).keys() else None


def pushed(run: Run, node: ast.For | ast.AsyncFor, stream: Stream, scope: Scope) -> Signal:
    """Execute a `for` over an iterator that nobody asked yet, turn by turn as it yields."""
    sure = len(run.doubts)
    ended: list[Signal] = []

    def take(value: object) -> None:
        run.budget.spend()
        assign(run, node.target, value, scope)
        signal = body_of(run, node.body, scope)
        if jumped(run, signal, sure, scope):
            ended.append(signal)
            raise StopPushError

    push, stream.push = stream.push, None
    before = run.effects
    try:
        reason = push(take) if push else None
    except StopPushError:
        stream.cut = True
        if any(isinstance(source, Stream) and not source.cut for source in stream.sources):
            run.hazard(Unknown("an iterator that is not read to its end", node.lineno))
        return ended[0]
    if reason is not None and run.effects != before:
        run.hazard(reason)
    return None


def body_of(run: Run, body: Sequence[ast.stmt], scope: Scope) -> Signal:
    """Execute a loop's body once; a `continue` that may have happened in it is over with it."""
    run.budget.spend()
    mark = run.mark()
    try:
        return run.execute(body, scope)
    finally:
        run.settle(mark, Jump.CONTINUE)


def jumped(run: Run, signal: Signal, sure: int, scope: Scope) -> bool:
    """Return whether a loop ends by a jump; one of which that is not sure may only have happened."""
    if signal is None or signal is Jump.CONTINUE:
        return False
    if len(run.doubts) <= sure:
        return True
    jump = Jump.RETURN if isinstance(signal, Return) else signal
    doubt.leap(run, jump, getattr(signal, "value", None), run.doubts[-1], scope)
    return False
