"""Python's own functions and operators on values of which some are unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from airflow_tune.dags.budget import BudgetError, fits
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import is_plain
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.symbol import Symbol


def unknown_of(values: Sequence[object], line: int) -> Unknown | None:
    """Return the first unknown among values, symbols included."""
    for value in values:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Symbol):
            return Unknown(f"the value of {value.name}", line, foreign=value.foreign)
    return None


def lift(function: Callable[..., object], values: Sequence[object], line: int) -> object:
    """Return `function(*values)`; unknown when a value is, with the default that the defaults lead to.

    Raises RaisedError where Python surely would.
    """
    reason = unknown_of(values, line)
    if reason is None:
        return native(function, values, line)
    known = [value.default if isinstance(value, Unknown) else value for value in values]
    if any(value is MISSING or not is_plain(value) for value in known):
        return Unknown(reason.reason, reason.line or line, foreign=reason.foreign)
    try:
        default = native(function, known, line)
    except RaisedError:
        default = MISSING
    if isinstance(default, Unknown):
        default = MISSING
    return Unknown(reason.reason, reason.line or line, default, reason.foreign)


def native(function: Callable[..., object], values: Sequence[object], line: int) -> object:
    """Return `function(*values)` of Python itself, its exceptions as RaisedError."""
    if not all(is_plain(value) for value in values):
        return Unknown("an operation on an object that is not read", line)
    try:
        result = function(*values)
    except (RecursionError, MemoryError, BudgetError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever Python raises here, the file would raise too
        raise RaisedError(type(error).__name__, str(error)[:80], line) from None
    return bounded(result, line)


def bounded(result: object, line: int) -> object:
    """Return a result unless it is too big to keep."""
    if isinstance(result, (str, bytes)):
        small = fits(len(result) // 10)
    elif isinstance(result, (list, tuple, dict, set, frozenset)):
        small = fits(len(result))
    else:
        small = True
    return result if small else Unknown("a value too big to follow", line)
