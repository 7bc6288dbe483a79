"""Text to numbers and truth values, as Airflow's `getint`, `getfloat` and `getboolean` do it.

Each returns the value or raises ValueError with a reason that does not repeat the text.
"""

from __future__ import annotations

from airflow_tune.versions import AirflowVersion

Value = str | int | float | bool


def as_integer(text: str, version: AirflowVersion) -> int:
    """Return a whole number; from 3.2 on "32.0" is one too."""
    try:
        return int(text)
    except ValueError:
        if not version.accepts_float_as_int:
            raise ValueError("is no whole number") from None
    return _whole(text)


def _whole(text: str) -> int:
    try:
        number = float(text)
        whole = int(number)
    except (ValueError, OverflowError):
        raise ValueError("is no whole number") from None
    if number != whole:
        raise ValueError("is no whole number")
    return whole


def as_float(text: str) -> float:
    """Return a number."""
    try:
        return float(text)
    except ValueError:
        raise ValueError("is no number") from None


def as_boolean(text: str) -> bool:
    """Return a truth value; only here a comment behind the value is cut off, and case does not matter."""
    word = text.lower().strip().partition("#")[0].strip()
    if word in ("t", "true", "1"):
        return True
    if word in ("f", "false", "0"):
        return False
    raise ValueError("is none of true, t, 1, false, f, 0")


def convert(text: str, type_: str, version: AirflowVersion) -> Value:
    """Return `text` as a value of the option's type: integer, float, boolean or string."""
    if type_ == "integer":
        return as_integer(text, version)
    if type_ == "float":
        return as_float(text)
    if type_ == "boolean":
        return as_boolean(text)
    return text
