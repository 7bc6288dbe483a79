"""From JSON values to dataclasses: each type is checked, and what does not fit is told with its path."""

from __future__ import annotations

import collections.abc
import dataclasses
import math
import types
import typing
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


class MisfitError(ValueError):
    """A value that is not what its place asks for; the message starts with the place."""


def decode(kind: type[T], value: Any, path: str = "") -> T:  # noqa: ANN401 - whatever stood in the file
    """Return `value` (of json.loads) as the dataclass `kind`; raises MisfitError.

    Keys that are not known are passed over, for a later version may write more; what is missing takes its
    default where it has one.
    """
    found: T = _dataclass(kind, value, path)
    return found


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _dataclass(kind: Any, value: Any, path: str) -> Any:  # noqa: ANN401
    if not isinstance(value, dict):
        raise _misfit(path, "an object", value)
    given = {}
    for one in dataclasses.fields(kind):
        where = f"{path}.{one.name}" if path else one.name
        if one.name in value:
            given[one.name] = _value(_hints(kind)[one.name], value[one.name], where)
        elif one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
            raise MisfitError(f"{where}: is missing")
    return kind(**given)


def _value(kind: Any, value: Any, path: str) -> Any:  # noqa: ANN401, PLR0911 - one return for each kind
    origin = typing.get_origin(kind)
    if kind is Any:
        return value
    if origin in {types.UnionType, typing.Union}:
        return _either(typing.get_args(kind), value, path)
    if origin is tuple:
        return _tuple(typing.get_args(kind)[0], value, path)
    if origin is collections.abc.Mapping:
        return _mapping(typing.get_args(kind)[1], value, path)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, value, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind, value, path)
    return _scalar(kind, value, path)


def _either(kinds: tuple[Any, ...], value: Any, path: str) -> Any:  # noqa: ANN401
    if value is None and type(None) in kinds:
        return None
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) > 1:
        exact = next((kind for kind in others if type(value) is kind), None)
        if exact is None:
            raise _misfit(path, " or ".join(kind.__name__ for kind in others), value)
        return value
    return _value(others[0], value, path)


def _tuple(kind: Any, value: Any, path: str) -> tuple[Any, ...]:  # noqa: ANN401
    if not isinstance(value, list):
        raise _misfit(path, "a list", value)
    return tuple(_value(kind, one, f"{path}[{index}]") for index, one in enumerate(value))


def _mapping(kind: Any, value: Any, path: str) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise _misfit(path, "an object", value)
    return {name: _value(kind, one, f"{path}.{name}") for name, one in value.items()}


def _enum(kind: type[Enum], value: Any, path: str) -> Enum:  # noqa: ANN401
    try:
        return kind(value)
    except ValueError:
        raise _misfit(path, " or ".join(str(one.value) for one in kind), value) from None


def _scalar(kind: type, value: Any, path: str) -> Any:  # noqa: ANN401
    if kind is float and type(value) in {int, float} and math.isfinite(value):
        return float(value)
    if type(value) is not kind or kind is float:
        names = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
        raise _misfit(path, names[kind], value)
    return value


def _misfit(path: str, wanted: str, value: Any) -> MisfitError:  # noqa: ANN401
    shown = repr(value)
    return MisfitError(f"{path or 'at the top'}: {wanted} is wanted, not {shown[:40]}")
