"""`value.name` for values of any kind."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath

from airflow_tune.dags.builder import attributes
from airflow_tune.dags.builder.setup import Setup
from airflow_tune.dags.interpret.binding import bind
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.storage import OpenFile, read_file
from airflow_tune.dags.interpret.truth import is_plain
from airflow_tune.dags.interpret.zones import KIND as ZONE
from airflow_tune.dags.interpret.zones import localize, zone_of
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.clock import Clock
from airflow_tune.dags.values.doubted import Doubted
from airflow_tune.dags.values.function import Bound, Call, Function, Known, Method, Module
from airflow_tune.dags.values.graph import DagValue, GroupValue, LabelValue, MappedArgument, TaskValue, XCom
from airflow_tune.dags.values.klass import Class, Instance, Super
from airflow_tune.dags.values.scope import Scope
from airflow_tune.dags.values.symbol import Opaque, Symbol, symbol
from airflow_tune.dags.values.taskflow import Decorated, Decorator, OperatorPartial

RULES = frozenset({"TriggerRule", "WeightRule"})
SHIFTS = frozenset({"add", "subtract", "start_of", "end_of"})
"""What pendulum moves a moment with, in its zone."""
FIELDS: dict[type, frozenset[str]] = {
    date: frozenset({"year", "month", "day"}),
    datetime: frozenset({"year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"}),
    timedelta: frozenset({"days", "seconds", "microseconds"}),
    time: frozenset({"hour", "minute", "second"}),
    PurePosixPath: frozenset({"parent", "name", "stem", "suffix", "parts", "parents"}),
}


def attribute(run: Run, node: ast.Attribute, scope: Scope) -> object:
    """Evaluate `value.name`."""
    inner = node.value
    value = scope.names.get(inner.id, MISSING) if type(inner) is ast.Name else MISSING  # nearly always
    if value is MISSING:
        value = run.evaluate(inner, scope)
    if type(value) is Instance:
        found = value.attributes.get(node.attr, MISSING)
        if found is not MISSING:
            return found
        found = value.cls.find(node.attr)
        if type(found) is Function and not found.kind:
            return Bound(found, value)
    elif type(value) is Symbol:
        return of_symbol(run, value, node.attr, Call([], {}, node, scope))
    return attribute_of(run, value, node.attr, Call([], {}, node, scope))


def attribute_of(run: Run, value: object, name: str, call: Call) -> object:
    """Return an attribute of a value of any kind."""
    reader = READERS.get(type(value))
    if reader is not None:
        return reader(run, value, name, call)
    if is_plain(value):
        if name in FIELDS.get(type(value), ()):
            found = getattr(value, name)
            if name == "tzinfo":
                return zone_of(found, call.line)
            return list(found) if name == "parents" else found
        return Method(value, name)
    return Unknown(f"the attribute {name}", call.line)


def of_unknown(run: Run, value: Unknown, name: str, call: Call) -> object:
    """Return an attribute or method of an unknown's default, else unknown."""
    if value.default is not MISSING and not is_plain(value.default):
        with run.doubting(value):
            return run.doubtful(attribute_of(run, value.default, name, call), value)
    if is_plain(value.default) and name not in FIELDS.get(type(value.default), ()):
        return Method(value, name)
    return Unknown(value.reason, value.line or call.line, foreign=value.foreign)


def of_clock(run: Run, value: Clock, name: str, call: Call) -> object:
    """Return a method that gives another moment of the same zone, or whatever else the present time has."""
    if name in SHIFTS:
        return Known(name, lambda run, _call: shifted(run, value))
    return of_unknown(run, value, name, call)


def shifted(run: Run, value: Clock) -> Clock:
    """Return the present time moved."""
    run.risks += 1
    return value


def of_symbol(_run: Run, value: Symbol, name: str, call: Call) -> object:
    """Return the symbol of the attribute; members of Airflow's rule enums are their text."""
    if name == "__name__" and value.last[:1].isupper():
        return Unknown(f"the name of {value.name}", call.line, value.last)
    return name.lower() if value.last in RULES and name.isupper() else value.member(name)


def of_module(_run: Run, value: Module, name: str, _call: Call) -> object:
    """Return a name of a module that was read, or the symbol of what it imports unread."""
    found = value.scope.names.get(name, MISSING)
    return value.fallback.member(name) if found is MISSING else found


def of_instance(run: Run, value: Instance, name: str, call: Call) -> object:
    """Return an attribute, property or method of an object of a project's class."""
    if name in value.attributes:
        return value.attributes[name]
    found = value.cls.find(name)
    if found is MISSING:
        return absent(run, value, name, call)
    return bind(run, found, value, value.cls, call)


def absent(run: Run, value: Instance, name: str, call: Call) -> object:
    """Return what an object without the attribute gives."""
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return value.attributes
    getter = value.cls.find("__getattr__")
    if isinstance(getter, Function):
        return run.call(Bound(getter, value), Call([name], {}, call.node, call.scope))
    foreign = any(getattr(base, "foreign", False) for base in value.cls.outside())
    return Unknown(f"the attribute {name} of a {value.cls.name}", call.line, foreign=foreign)


def of_class(run: Run, value: Class, name: str, call: Call) -> object:
    """Return an attribute of a project's class."""
    found = value.find(name)
    plain = found.default if isinstance(found, Doubted) else found
    if isinstance(plain, Function):
        bound = Bound(plain, value) if plain.kind == "class" else plain
        return run.doubtful(bound, found) if isinstance(found, Doubted) else bound
    if found is not MISSING:
        return found
    if name in ("__name__", "__qualname__"):
        return value.name
    if name == "__members__":
        return {k: v for k, v in value.names.items() if isinstance(v, Instance)}
    if name in ("partial", "mro"):
        return attributes.class_method(value, name)
    foreign = any(getattr(base, "foreign", False) for base in value.outside())
    return Unknown(f"the attribute {name} of {value.name}", call.line, foreign=foreign)


def of_super(run: Run, value: Super, name: str, call: Call) -> object:
    """Return a method of the next class, or Airflow's own `__init__`."""
    found = value.cls.find(name, after=value.after)
    if isinstance(found, Function):
        return bind(run, found, value.owner, value.cls, call)
    if name == "__init__":
        return Known("super.__init__", attributes.base_init(value.owner, value.cls))
    if isinstance(value.owner, (TaskValue, DagValue, GroupValue)):
        return attributes.of_graph(run, value.owner, name, call)
    return Known(name, lambda _run, c: Unknown(f"the result of super().{name}", c.line))


def of_function(_run: Run, value: Function, name: str, call: Call) -> object:
    """Return an attribute of a function."""
    if name in ("__name__", "__qualname__"):
        return value.name
    if name in ("setter", "getter"):
        return Known(name, lambda _run, c: setter(value, c))
    return value.attributes.get(name, Unknown(f"the attribute {name} of {value.name}", call.line))


def setter(prop: Function, call: Call) -> object:
    """Do `@prop.setter`."""
    prop.attributes["setter"] = call.argument(0, "fset")
    return prop


def of_type(_run: Run, value: type, name: str, _call: Call) -> object:
    """Return an attribute of a builtin type, such as `str.lower` or `dict.fromkeys`."""
    return value.__name__ if name == "__name__" else symbol(f"{value.__name__}.{name}")


def opaque(_run: Run, value: Opaque, name: str, call: Call) -> object:
    """Return an attribute of an object that says nothing about the graph."""
    if name == "localize" and value.kind == ZONE:
        return Known(name, lambda run, call: localize(run, value, call))
    return Unknown(f"the attribute {name} of a {value.kind}", call.line)


def of_file(_run: Run, value: OpenFile, name: str, _call: Call) -> object:
    """Return a method of an open file."""
    return Known(name, lambda run, call: read_file(run, value, call))


def of_setup(_run: Run, value: Setup, _name: str, _call: Call) -> object:
    """Return `add_task` of what `with setup >> teardown as context` binds."""
    return Known("add_task", lambda _run, call: attributes.add_to_block(value, call))


READERS: dict[type, Callable[..., object]] = {
    Class: of_class,
    Clock: of_clock,
    DagValue: attributes.of_graph,
    Decorated: attributes.of_decorated,
    Decorator: attributes.of_decorator,
    Doubted: of_unknown,
    Function: of_function,
    GroupValue: attributes.of_graph,
    Instance: of_instance,
    LabelValue: attributes.of_graph,
    MappedArgument: attributes.of_mapped,
    Module: of_module,
    Opaque: opaque,
    OpenFile: of_file,
    OperatorPartial: attributes.of_partial,
    Setup: of_setup,
    Super: of_super,
    Symbol: of_symbol,
    TaskValue: attributes.of_graph,
    Unknown: of_unknown,
    XCom: attributes.of_graph,
    type: of_type,
}
