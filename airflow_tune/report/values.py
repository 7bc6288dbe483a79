"""Any figure as JSON: dataclasses by their field names, what is not known as null."""

from __future__ import annotations

import dataclasses
import math
from enum import Enum
from typing import Any


def values_json(value: Any) -> Any:  # noqa: ANN401 - any value that a judge returns
    """Return `value` as JSON takes it.

    Dataclasses and named tuples become objects, other tuples lists, numpy's times ISO 8601 in UTC; NaN,
    infinity and NaT, which stand for what is not known or has no bound, become null.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: values_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): values_json(one) for key, one in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return values_json(value._asdict())
    if isinstance(value, tuple | list):
        return [values_json(one) for one in value]
    return _plain(value)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value without parts
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    # What is left is numpy's, which a report without a past never imports.
    text = str(value)
    return None if text == "NaT" else f"{text}Z"
