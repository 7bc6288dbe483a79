"""Quantities in documents: a text with its unit ("2GiB", "90s", "500m") or a plain number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from airflow_tune.errors import UnitError
from airflow_tune.units import parse_bytes, parse_cores, parse_duration

Number = TypeVar("Number", int, float)

# What a schema's `format` may name beside JSON Schema's own; none of these collides with those.
FORMATS: Mapping[str, Callable[[str], float]] = MappingProxyType(
    {"bytes": parse_bytes, "timespan": parse_duration, "cores": parse_cores}
)


def read_quantity(parse: Callable[[str], Number], value: str | float) -> Number | float:
    """Return `value` as a number of bytes, seconds or cores; UnitError where it is none or negative."""
    if isinstance(value, str):
        return parse(value)
    if value < 0:
        raise UnitError(f"{value} is less than nothing", remedy="write a number of zero or more")
    return value
