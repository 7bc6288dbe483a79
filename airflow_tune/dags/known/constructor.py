"""Python's own types as functions, such as `str(x)`, `list(x)`, `dict(a=1)`."""

from __future__ import annotations

from collections.abc import Callable

from airflow_tune.dags.budget import fits
from airflow_tune.dags.interpret.iteration import elements, unless_order
from airflow_tune.dags.interpret.lift import lift, unknown_of
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.text import as_text
from airflow_tune.dags.interpret.truth import truth
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.klass import Class, Instance


def text(run: Run, call: Call) -> object:
    """Do `str(x)`."""
    return lift(run, str, [as_text(value) for value in call.args], call.line)


def number(kind: Callable[..., object]) -> Handler:
    """Return what `int(x)`, `float(x)` and `complex(x)` do."""
    return lambda run, call: lift(run, kind, call.args, call.line)


def boolean(run: Run, call: Call) -> object:
    """Do `bool(x)`."""
    verdict = truth(run, call.argument(0, "x", default=False))
    if isinstance(verdict, Unknown):
        return lift(run, bool, [verdict], call.line)
    return verdict


def gathered(run: Run, call: Call, build: Callable[[list[object]], object]) -> object:
    """Build a container of an iterable's elements, their doubt included."""
    if not call.args:
        return build([])
    found, reason = elements(run, call.args[0], call)
    if isinstance(found, range) and not fits(len(found)):
        return Unknown("a range too long to list", call.line)
    values = list(found)
    run.budget.spend(len(values) // 4)
    try:
        result = build(values)
    except TypeError as error:
        raise RaisedError("TypeError", str(error)[:80], call.line) from None
    if isinstance(result, (set, frozenset)):
        reason = unless_order(reason) or unknown_of(values, call.line)
    return result if reason is None else run.doubtful(result, reason)


def mapping(run: Run, call: Call) -> object:
    """Do `dict(...)`."""
    found: dict[object, object] = {}
    reason = call.spread
    source = call.args[0] if call.args else {}
    if isinstance(source, dict):
        found.update(source)
        reason = reason or run.taint_of(source)
    else:
        pairs, doubt = elements(run, source, call)
        reason = reason or doubt
        found.update(pair for pair in pairs if isinstance(pair, (tuple, list)) and len(pair) == 2)  # type: ignore[misc] # noqa: PLR2004
    found.update(call.kwargs)
    if reason is not None:
        run.taint(found, reason)
    return found


def counting(run: Run, call: Call) -> object:
    """Do `range(...)`."""
    return lift(run, range, call.args, call.line)


def kind_of(_run: Run, call: Call) -> object:
    """Do `type(x)`."""
    value = call.argument(0, "object")
    if isinstance(value, Instance):
        return value.cls
    known = isinstance(value, (str, int, float, list, dict, tuple, set)) or value is None
    return type(value) if known and len(call.args) == 1 else Unknown("a type", call.line)


def decorator(kind: str) -> Handler:
    """Return what `@staticmethod`, `@classmethod` and `@property` do."""

    def handler(_run: Run, call: Call) -> object:
        function = call.argument(0, "function")
        if hasattr(function, "kind"):
            function.kind = kind
        return function

    return handler


def plain_object(_run: Run, _call: Call) -> object:
    """Do `object()`."""
    return Instance(Class("object", [], {}))


def sliced(run: Run, call: Call) -> object:
    """Do `slice(...)`."""
    return lift(run, slice, call.args, call.line) if call.args else MISSING


TYPES: dict[type, Handler] = {
    bool: boolean,
    classmethod: decorator("class"),
    complex: number(complex),
    dict: mapping,
    float: number(float),
    frozenset: lambda run, call: gathered(run, call, frozenset),
    int: number(int),
    list: lambda run, call: gathered(run, call, list),
    object: plain_object,
    property: decorator("property"),
    range: counting,
    set: lambda run, call: gathered(run, call, set),
    slice: sliced,
    staticmethod: decorator("static"),
    str: text,
    tuple: lambda run, call: gathered(run, call, tuple),
    type: kind_of,
}
