"""Calling a function of the read files: its parameters are bound and its body executed."""

from __future__ import annotations

import ast
from typing import cast

from airflow_tune.dags.interpret.doubt import joined
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import Jump, RaisedError, Return
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Call, Function
from airflow_tune.dags.values.graph import DagValue
from airflow_tune.dags.values.klass import Class
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.stream import Manager, Stream, Take

JUMPS = (Jump.BREAK, Jump.CONTINUE, Jump.RETURN)
ALL_JUMPS = (*JUMPS, Jump.RAISE)
AGAIN = 3
"""Calls of one function inside itself that are followed where it is in doubt whether they happen."""


def invoke(run: Run, function: Function, call: Call) -> object:
    """Return what a function returns; a generator's yields as a list."""
    if function.active >= AGAIN and run.doubts:
        reason = Unknown(f"how deep {function.name}() calls itself", call.line)
        run.suspect(reason, call.values())
        return reason
    scope = function.scope.inner()
    scope.owner = function.owner
    try:
        bind(run, function, call, scope)
    except RaisedError as raised:
        if not in_other_hands(function, call):
            raised.file = scope.globals.file
            raise
        return misfit(run, raised, call)
    if not isinstance(function.node, ast.Lambda) and function.is_generator:
        stream = Stream(lambda take: yielding(run, function, scope, take))
        return Manager(stream) if "context manager" in function.attributes else stream
    return entered(run, function, scope)


def entered(run: Run, function: Function, scope: Scope) -> object:
    """Execute a function's body in a scope that holds its parameters."""
    run.budget.enter()
    function.active += 1
    mark = run.mark()
    try:
        return body(run, function, scope)
    except RaisedError as raised:
        raised.file = raised.file or scope.globals.file
        raise
    finally:
        run.settle(mark, *(JUMPS if run.trying else ALL_JUMPS))
        function.active -= 1
        run.budget.leave()


def yielding(run: Run, function: Function, scope: Scope, take: Take) -> Unknown | None:
    """Execute a generator's body; what it yields in doubt is taken in doubt."""
    scope.take = take
    entered(run, function, scope)
    return None


def in_other_hands(function: Function, call: Call) -> bool:
    """Return whether a base, metaclass or decorator that was not read may pass other arguments on.

    That holds for the function's own class, and for that of the object, which `super()` looks bases up in.
    """
    asked = getattr(call.args[0], "cls", None) if call.args else None
    return any(isinstance(one, Class) and one.opaque() for one in (function.owner, asked))


def misfit(run: Run, raised: RaisedError, call: Call) -> Unknown:
    """Doubt the DAGs that a call could add to which fails by what was read, but not for sure."""
    reason = Unknown(f"{raised}, by what was read of the class", call.line)
    given = [value for value in (*call.args, *call.kwargs.values()) if isinstance(value, DagValue)]
    run.suspect(reason, given)
    return reason


def body(run: Run, function: Function, scope: Scope) -> object:
    """Execute a function's body and return what it returns, or may return."""
    if isinstance(function.node, ast.Lambda):
        return run.evaluate(function.node.body, scope)
    try:
        signal = run.execute(function.node.body, scope)
        result = signal.value if isinstance(signal, Return) else None
    except RaisedError:
        # Where it may have returned before, it is not sure to raise.
        if not scope.returns:
            raise
        reason = scope.returns[0][1]
        run.escape(Jump.RAISE, reason)
        result = Unknown(reason.reason, reason.line)
    for value, reason in scope.returns:
        result = run.doubtful(result, reason) if value is MISSING else joined(run, value, result, reason)
    return result


def bind(run: Run, function: Function, call: Call, scope: Scope) -> None:
    """Bind a call's arguments to the parameters; raises RaisedError (TypeError) where they do not fit."""
    spec = function.node.args
    positional, parameters = signature(spec)
    names = scope.names
    kwargs = dict(call.kwargs) if call.kwargs else {}
    names.update(zip(positional, call.args, strict=False))
    extra = call.args[len(positional) :]
    wanted = len(parameters)
    if spec.vararg is not None:
        wanted += 1
        found = tuple(extra)
        names[spec.vararg.arg] = found if call.spread is None else run.doubtful(found, call.spread)
    elif extra and call.spread is None:
        raise RaisedError("TypeError", f"{function.name}() got too many arguments", call.line)
    if kwargs:
        for name in parameters:
            if name in kwargs:
                names[name] = kwargs.pop(name)
    if len(names) < wanted:
        fill(run, function, len(positional), names, call)
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = kwargs
        if call.spread is not None:
            run.taint(kwargs, call.spread)
    elif kwargs and call.spread is None:
        unexpected = next(iter(kwargs))
        raise RaisedError(
            "TypeError", f"{function.name}() got an unexpected argument {unexpected!r}", call.line
        )


def signature(spec: ast.arguments) -> tuple[list[str], list[str]]:
    """Return the parameters that can be passed by position, and all; they are kept with the node."""
    found = getattr(spec, "_signature", None)
    if found is None:
        positional = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
        found = positional, [*positional, *(arg.arg for arg in spec.kwonlyargs)]
        spec._signature = found  # type: ignore[attr-defined]  # noqa: SLF001 - a memory of our own
    return cast("tuple[list[str], list[str]]", found)


def fill(run: Run, function: Function, positional: int, names: dict[str, object], call: Call) -> None:
    """Give the parameters that were not passed their defaults."""
    defaults = [MISSING] * (positional - len(function.defaults)) + function.defaults
    defaults += function.kw_defaults
    _, parameters = signature(function.node.args)
    for name, default in zip(parameters, defaults, strict=True):
        if name not in names:
            names[name] = left_out(run, function, name, default, call)


def left_out(run: Run, function: Function, name: str, default: object, call: Call) -> object:
    """Return a parameter's default; it may be passed where not all arguments are known."""
    if default is MISSING:
        return absent(function, name, call)
    return default if call.spread is None else run.doubtful(default, call.spread)


def absent(function: Function, name: str, call: Call) -> object:
    """Return an argument that may stand in an unknown `*args`; else the call fails."""
    if call.spread is not None:
        return Unknown(call.spread.reason, call.spread.line or call.line)
    raise RaisedError("TypeError", f"{function.name}() misses the argument {name!r}", call.line)
