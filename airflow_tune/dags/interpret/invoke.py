"""Calling a function of the read files: its parameters are bound and its body executed."""

from __future__ import annotations

import ast

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError, Return
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call, Function
from airflow_tune.dags.values.graph import DagValue
from airflow_tune.dags.values.klass import Class
from airflow_tune.dags.values.scope import Scope

AGAIN = 3
"""Calls of one function inside itself that are followed where it is in doubt whether they happen."""


def invoke(run: Run, function: Function, call: Call) -> object:
    """Return what a function returns; a generator's yields as a list."""
    if function.active >= AGAIN and run.doubts:
        return Unknown(f"how deep {function.name}() calls itself", call.line)
    scope = function.scope.inner()
    scope.owner = function.owner
    try:
        bind(function, call, scope)
    except RaisedError as raised:
        if not in_other_hands(function):
            raise
        return misfit(run, raised, call)
    run.budget.enter()
    function.active += 1
    before = len(run.doubts)
    try:
        return body(run, function, scope)
    finally:
        del run.doubts[before:]
        function.active -= 1
        run.budget.leave()


def in_other_hands(function: Function) -> bool:
    """Return whether a base, metaclass or decorator that was not read may pass other arguments on."""
    return isinstance(function.owner, Class) and function.owner.opaque()


def misfit(run: Run, raised: RaisedError, call: Call) -> Unknown:
    """Doubt the DAGs that a call could add to which fails by what was read, but not for sure."""
    reason = Unknown(f"{raised}, by what was read of the class", call.line)
    given = [value for value in (*call.args, *call.kwargs.values()) if isinstance(value, DagValue)]
    run.suspect(reason, given)
    return reason


def body(run: Run, function: Function, scope: Scope) -> object:
    """Execute a function's body in a scope that holds its parameters."""
    if isinstance(function.node, ast.Lambda):
        return run.evaluate(function.node.body, scope)
    if function.is_generator:
        scope.yielded = []
        run.execute(function.node.body, scope)
        return scope.yielded
    signal = run.execute(function.node.body, scope)
    return signal.value if isinstance(signal, Return) else None


def bind(function: Function, call: Call, scope: Scope) -> None:
    """Bind a call's arguments to the parameters; raises RaisedError (TypeError) where they do not fit."""
    spec = function.node.args
    positional = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
    names = scope.names
    kwargs = dict(call.kwargs)
    names.update(zip(positional, call.args, strict=False))
    extra = call.args[len(positional) :]
    if spec.vararg is not None:
        names[spec.vararg.arg] = tuple(extra)
    elif extra and call.spread is None:
        raise RaisedError("TypeError", f"{function.name}() got too many arguments", call.line)
    for name in [*positional, *(arg.arg for arg in spec.kwonlyargs)]:
        if name in kwargs:
            names[name] = kwargs.pop(name)
    fill(function, positional, names, call)
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = kwargs
    elif kwargs and call.spread is None:
        unexpected = next(iter(kwargs))
        raise RaisedError(
            "TypeError", f"{function.name}() got an unexpected argument {unexpected!r}", call.line
        )


def fill(function: Function, positional: list[str], names: dict[str, object], call: Call) -> None:
    """Give the parameters that were not passed their defaults."""
    first = len(positional) - len(function.defaults)
    for index, name in enumerate(positional):
        if name not in names:
            names[name] = function.defaults[index - first] if index >= first else absent(function, name, call)
    for arg, default in zip(function.node.args.kwonlyargs, function.kw_defaults, strict=True):
        if arg.arg not in names:
            names[arg.arg] = absent(function, arg.arg, call) if default is MISSING else default


def absent(function: Function, name: str, call: Call) -> object:
    """Return an argument that may stand in an unknown `*args`; else the call fails."""
    if call.spread is not None:
        return Unknown(call.spread.reason, call.spread.line or call.line)
    raise RaisedError("TypeError", f"{function.name}() misses the argument {name!r}", call.line)
