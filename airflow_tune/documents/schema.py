"""Documents against JSON Schema (draft 2020-12): every violation, with its line, in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from airflow_tune.documents.model import Keys, Problem, nearest_line
from airflow_tune.documents.quantity import FORMATS, read_quantity
from airflow_tune.documents.words import place_of, said, shown
from airflow_tune.errors import UnitError, nearest

if TYPE_CHECKING:
    from jsonschema import FormatChecker
    from jsonschema.exceptions import ValidationError


def load_schema(package: str, name: str = "schema.json") -> dict[str, Any]:
    """Return the JSON Schema that ships inside `package` under `name`."""
    from importlib import resources  # noqa: PLC0415 - brings tempfile and random, only read files need it

    text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def problems_of(data: object, schema: Mapping[str, Any], lines: Mapping[Keys, int]) -> tuple[Problem, ...]:
    """Return everything in `data` that does not fit `schema`, each once, with its line."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - costs 50 ms, only read files need it

    validator = Draft202012Validator(schema, format_checker=_format_checker())
    explained = (each for error in validator.iter_errors(data) for each in _explain(error))
    return tuple(dict.fromkeys(_problem(keys, message, lines) for keys, message in explained))


def _problem(keys: Keys, message: str, lines: Mapping[Keys, int]) -> Problem:
    return Problem(f"{place_of(keys)}: {message}" if keys else message, nearest_line(lines, keys))


def _format_checker() -> FormatChecker:
    from jsonschema import FormatChecker  # noqa: PLC0415 - see problems_of

    checker = FormatChecker(formats=())
    for name, parse in FORMATS.items():

        def fits(value: object, parse: Any = parse) -> bool:  # noqa: ANN401 - any of the parsers
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                read_quantity(parse, value)
            return True

        checker.checks(name, raises=UnitError)(fits)
    return checker


def _explain(error: ValidationError) -> Iterator[tuple[Keys, str]]:
    """Yield what one violation comes to: the keys that lead to it and what was expected there."""
    keys: Keys = tuple(error.absolute_path)
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        yield from _unknown_keys(error, keys)
    elif error.validator == "required":
        required: Any = error.validator_value
        yield from ((keys, f'"{name}" is missing') for name in required if name not in instance)
    elif error.validator == "uniqueItems":
        for index, item in enumerate(instance):
            if item in instance[:index]:
                yield (*keys, index), f"{shown(item)} is in the list twice"
    elif error.validator in {"anyOf", "oneOf"} and error.context:
        yield from _nearest_branch(error)
    else:
        yield keys, said(error)


def _unknown_keys(error: ValidationError, keys: Keys) -> Iterator[tuple[Keys, str]]:
    schema: Any = error.schema
    instance: Any = error.instance
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name in instance:
        if name not in known and not any(re.search(pattern, name) for pattern in patterns):
            yield (*keys, name), f"this key is not known, {nearest(name, known)}"


def _nearest_branch(error: ValidationError) -> Iterator[tuple[Keys, str]]:
    """Explain the branch of `anyOf` that the value comes closest to: the one it fits the furthest."""
    branches: dict[Any, list[ValidationError]] = {}
    for each in error.context:
        branches.setdefault(each.schema_path[0], []).append(each)
    closest = min(branches.values(), key=lambda errors: (_is_of_another_kind(errors), len(errors)))
    if _is_of_another_kind(closest):
        yield tuple(error.absolute_path), said(error)
    else:
        for each in closest:
            yield from _explain(each)


def _is_of_another_kind(errors: list[ValidationError]) -> bool:
    return any(each.validator in {"type", "const", "enum"} and not each.path for each in errors)
