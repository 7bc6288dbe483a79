"""JSON Schema's verdicts in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from airflow_tune.errors import nearest

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_LONGEST_VALUE = 60
_LONGEST_MESSAGE = 200

_TYPES = MappingProxyType(
    {
        "string": "text",
        "number": "a number",
        "integer": "a whole number",
        "boolean": "true or false",
        "array": "a list",
        "object": "keys with values",
        "null": "nothing",
    }
)


def place_of(keys: tuple[str | int, ...]) -> str:
    """Return keys and positions as people write them: `workers[0].cores`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return text.removeprefix(".")


def said(error: ValidationError) -> str:
    """Return what was expected and what was found, for one violation of one value."""
    explain = _BY_VALIDATOR.get(str(error.validator))
    if explain is None:
        return _shortened(error.message, _LONGEST_MESSAGE)
    return explain(error.validator_value, error.instance, error)


def shown(value: object) -> str:
    """Return a value as it may stand in a message: kind and content, shortened."""
    if isinstance(value, dict):
        return "keys with values"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if value is None:
        return "nothing"
    return _shortened(json.dumps(value, ensure_ascii=False), _LONGEST_VALUE)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _type(expected: Any, found: object, _: ValidationError) -> str:  # noqa: ANN401 - a schema holds anything
    names = [expected] if isinstance(expected, str) else list(expected)
    return f"expected {' or '.join(_TYPES[name] for name in names)}, found {shown(found)}"


def _enum(expected: Any, found: object, _: ValidationError) -> str:  # noqa: ANN401 - see _type
    names = [str(name) for name in expected]
    hint = nearest(found, names) if isinstance(found, str) else f"known: {', '.join(names)}"
    return f"{shown(found)} is not known, {hint}"


def _format(_expected: Any, _found: object, error: ValidationError) -> str:  # noqa: ANN401 - see _type
    # The formats of these documents are quantities, and every refusal of one is a UnitError.
    cause: Any = error.cause
    return f"{cause.tried}: {cause.remedy}"


def _any_of(branches: Any, found: object, _: ValidationError) -> str:  # noqa: ANN401 - see _type
    named = dict.fromkeys(name for branch in branches for name in _kinds(branch))
    return f"expected {' or '.join(named)}, found {shown(found)}"


def _kinds(branch: dict[str, Any]) -> list[str]:
    """Return what one branch of a choice allows, as far as its first keyword says."""
    if "const" in branch or "enum" in branch:
        return [shown(value) for value in branch.get("enum", [branch.get("const")])]
    return [_TYPES[branch["type"]]] if isinstance(branch.get("type"), str) else ["something else"]


def _than(words: str) -> Callable[[Any, object, ValidationError], str]:
    return lambda limit, found, _: f"expected {words} {limit}, found {shown(found)}"


_BY_VALIDATOR: Mapping[str, Callable[[Any, Any, ValidationError], str]] = MappingProxyType(
    {
        "type": _type,
        "enum": _enum,
        "format": _format,
        "anyOf": _any_of,
        "oneOf": _any_of,
        "minimum": _than("at least"),
        "maximum": _than("at most"),
        "exclusiveMinimum": _than("more than"),
        "exclusiveMaximum": _than("less than"),
        "const": _than("exactly"),
        "minLength": lambda *_: "expected some text, found none",
        "minItems": lambda *_: "expected at least one entry, found an empty list",
        "minProperties": lambda *_: "expected at least one key, found none",
    }
)
