"""Calls: arguments are evaluated, then the callee's kind decides what happens."""

from __future__ import annotations

import ast
from collections.abc import Callable

from airflow_tune.dags.builder import attributes, operator, taskflow
from airflow_tune.dags.interpret import method, objects
from airflow_tune.dags.interpret.invoke import invoke
from airflow_tune.dags.interpret.iteration import elements
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.truth import follow, is_plain
from airflow_tune.dags.known import TYPES, find
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.clock import Clock
from airflow_tune.dags.values.doubted import Doubted
from airflow_tune.dags.values.function import Bound, Call, Curried, Function, Known, Method
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue, XCom
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Opaque, Symbol
from airflow_tune.dags.values.taskflow import Decorated, Decorator


def call_node(run: Run, node: ast.Call, scope: Scope) -> object:
    """Evaluate a call."""
    function = run.evaluate(node.func, scope)
    call = arguments(run, node, scope)
    if type(function) is Known and function.name == "super":
        return objects.super_of(scope, call)
    return call_value(run, function, call)


def arguments(run: Run, node: ast.Call, scope: Scope) -> Call:
    """Evaluate the arguments of a call, `*` and `**` included."""
    call = Call([], {}, node, scope)
    for arg in node.args:
        if type(arg) is ast.Starred:
            value = run.evaluate(arg.value, scope)
            inner, reason = elements(run, value, call)
            call.args.extend(inner if reason is None else [run.doubtful(one, reason) for one in inner])
            call.spread = call.spread or reason
        else:
            value = run.evaluate(arg, scope)
            # Behind a `*` of unknown length nobody knows which argument it is.
            call.args.append(value if call.spread is None else run.doubtful(value, call.spread))
    for keyword in node.keywords:
        value = run.evaluate(keyword.value, scope)
        if keyword.arg is None:
            spread(run, call, value)
        else:
            call.kwargs[keyword.arg] = value
    return call


def spread(run: Run, call: Call, value: object) -> None:
    """Do `**value`."""
    reason = run.taint_of(value)
    if not isinstance(value, dict):
        known = isinstance(value, Unknown)
        reason = value if known else Unknown("the keys of an object that is not read", call.line)  # type: ignore[assignment]
    inner = follow(value)
    if isinstance(inner, dict):
        call.kwargs.update((key, item) for key, item in inner.items() if isinstance(key, str))
    call.spread = call.spread or reason


def call_value(run: Run, function: object, call: Call) -> object:
    """Return the result of calling a value of any kind."""
    caller = CALLERS.get(type(function))
    if caller is None:
        return Unknown("a call of an object that is not read", call.line)
    return caller(run, function, call)


def call_bound(run: Run, bound: Bound, call: Call) -> object:
    """Call a function with its first argument."""
    return invoke(
        run, bound.function, Call([bound.owner, *call.args], call.kwargs, call.node, call.scope, call.spread)
    )


def call_curried(run: Run, curried: Curried, call: Call) -> object:
    """Call a `functools.partial`."""
    args, kwargs = [*curried.args, *call.args], {**curried.kwargs, **call.kwargs}
    return call_value(run, curried.function, Call(args, kwargs, call.node, call.scope, call.spread))


def call_known(run: Run, known: Known, call: Call) -> object:
    """Call a function known by name."""
    return known.handler(run, call)


def call_type(run: Run, kind: type, call: Call) -> object:
    """Call a builtin type."""
    handler = TYPES.get(kind)
    return handler(run, call) if handler else Unknown(f"the result of {kind.__name__}", call.line)


def call_symbol(run: Run, function: Symbol, call: Call) -> object:
    """Call a name of another package: known by name, an operator by its looks, or unknown."""
    if attributes.unbound_init(function, call):
        owner, *args = call.args
        init = attributes.base_init(owner, getattr(owner, "cls", None))
        return init(run, Call(args, call.kwargs, call.node, call.scope, call.spread))
    handler = find(function)
    if handler is not None:
        return handler(run, call)
    if operator.looks_like(function, call):
        return operator.create(run, function, function.last, call)
    return unread(run, function.name, call, foreign=function.foreign)


def unread(run: Run, name: str, call: Call, *, foreign: bool) -> object:
    """Return the result of code that is not read; inside a DAG it may have added tasks."""
    reason = Unknown(f"the result of {name}()", call.line, foreign=foreign)
    run.risks += 1
    touched = [value for value in call.values() if isinstance(value, (DagValue, TaskValue, GroupValue, XCom))]
    if foreign and (run.context or touched):
        run.suspect(Unknown(f"what {name}() adds is not read", call.line), touched)
    return reason


def call_unknown(run: Run, function: Unknown, call: Call) -> object:
    """Call something unknown, or in doubt what it is by default."""
    if function.default is not MISSING and not is_plain(function.default):
        with run.doubting(function):
            return run.doubtful(call_value(run, function.default, call), function)
    result = unread(
        run, function.reason.removeprefix("the result of ").removesuffix("()"), call, foreign=function.foreign
    )
    if "task_id" in call.kwargs:
        return operator.create(run, None, "unknown", call)
    return result if function.foreign else Unknown(function.reason, function.line or call.line)


def call_instance(run: Run, value: Instance, call: Call) -> object:
    """Call an object of a project's class."""
    found = value.cls.find("__call__")
    if isinstance(found, Function):
        return call_bound(run, Bound(found, value), call)
    return Unknown(f"a call of a {value.cls.name}", call.line)


def call_opaque(_run: Run, value: Opaque, call: Call) -> object:
    """Call an object that says nothing about the graph."""
    return Unknown(f"a call of a {value.kind}", call.line)


CALLERS: dict[type, Callable[..., object]] = {
    Bound: call_bound,
    Class: objects.create,
    Clock: call_unknown,
    Curried: call_curried,
    Decorated: taskflow.call,
    Doubted: call_unknown,
    Decorator: taskflow.decorate,
    Function: invoke,
    Instance: call_instance,
    Known: call_known,
    Method: method.call_method,
    Opaque: call_opaque,
    Symbol: call_symbol,
    Unknown: call_unknown,
    type: call_type,
}
