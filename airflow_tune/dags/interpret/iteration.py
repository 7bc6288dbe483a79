"""What a value yields when it is iterated over."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import is_plain
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.function import Bound, Call, Function
from airflow_tune.dags.values.graph import GroupValue, MappedArgument, XCom
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.symbol import Symbol


def elements(run: Run, value: object, call: Call) -> tuple[Iterable[object], Unknown | None]:
    """Return the elements and, when they are in doubt, why.

    What is unknown yields its default's elements, or one unknown element: "one or more of these".
    """
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return list(value), run.taint_of(value)
    if isinstance(value, (str, bytes, range)):
        return value, None
    if isinstance(value, Unknown):
        return unknown_elements(run, value, call)
    if isinstance(value, Symbol):
        reason = Unknown(f"the elements of {value.name}", call.line, foreign=value.foreign)
        return [reason], reason
    return other(run, value, call)


def unknown_elements(run: Run, value: Unknown, call: Call) -> tuple[Iterable[object], Unknown | None]:
    """Return the elements of something unknown."""
    reason = Unknown(value.reason, value.line or call.line, foreign=value.foreign)
    if value.default is MISSING:
        return [reason], reason
    inner, doubt = elements(run, value.default, call)
    return inner, reason if doubt is None else doubt


def other(run: Run, value: object, call: Call) -> tuple[Iterable[object], Unknown | None]:
    """Return the elements of an object."""
    if isinstance(value, GroupValue):
        return value.tasks(), None
    if isinstance(value, Class) and value.derives("Enum", "StrEnum", "IntEnum"):
        return [v for v in value.names.values() if isinstance(v, Instance) and v.cls is value], None
    if isinstance(value, Instance):
        method = value.cls.find("__iter__")
        if isinstance(method, Function):
            return elements(run, run.call(Bound(method, value), Call([], {}, call.node, call.scope)), call)
        if "__tuple__" in value.attributes:
            return elements(run, value.attributes["__tuple__"], call)
    if isinstance(value, (XCom, MappedArgument)) or is_plain(value):
        raise RaisedError("TypeError", "the value is not iterable", call.line)
    reason = Unknown("the elements of an object that is not read", call.line)
    return [reason], reason
