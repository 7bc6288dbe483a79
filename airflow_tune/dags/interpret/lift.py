"""Python's own functions and operators on values of which some are unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from airflow_tune.dags.budget import BudgetError, fits
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.interpret.truth import SCALARS, is_plain
from airflow_tune.dags.model import MISSING, Unknown
from airflow_tune.dags.values.doubted import CONTAINERS
from airflow_tune.dags.values.symbol import Symbol

DEEP = 20
"""Levels of containers that are searched for something unknown."""


def unknown_of(values: Sequence[object], line: int) -> Unknown | None:
    """Return the first unknown among values, symbols included."""
    for value in values:
        if type(value) in SCALARS:
            continue
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Symbol):
            return Unknown(f"the value of {value.name}", line, foreign=value.foreign)
    return None


def within(run: Run, value: object, depth: int = 0) -> Unknown | None:
    """Return why the contents of a container are not all known, None when they are or it is none."""
    if not isinstance(value, CONTAINERS):
        return None
    reason = run.taint_of(value)
    if reason is not None:
        return reason
    if depth > DEEP:
        return Unknown("containers nested too deep to follow")
    run.budget.spend(len(value) // 8)
    for part in parts(value):
        if type(part) in SCALARS:
            continue
        if isinstance(part, CONTAINERS):
            reason = within(run, part, depth + 1)
        elif not is_plain(part):
            reason = unknown_of([part], 0) or Unknown("an object that is not read")
        if reason is not None:
            return reason
    return None


def parts(value: object) -> Iterable[object]:
    """Return the elements of a container, the keys and values of a dict."""
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value  # type: ignore[return-value]


def lift(
    run: Run, function: Callable[..., object], values: Sequence[object], line: int, *, shallow: bool = False
) -> object:
    """Return `function(*values)`; unknown when a value is, with the default that the defaults lead to.

    `shallow` functions do not look at what containers hold. Raises RaisedError where Python surely would.
    """
    for value in values:
        if type(value) not in SCALARS:
            break
    else:
        return done(function, values, line)
    reason = unknown_of(values, line)
    if reason is None and not shallow:
        reason = next((found for value in values if (found := within(run, value))), None)
    if reason is None:
        return native(function, values, line)
    run.risks += 1
    try:
        known = [defaults(value) for value in values]
    except TypeError:  # an unknown's default that no dict or set can hold
        known = [MISSING]
    if any(value is MISSING or not is_plain(value) for value in known):
        return Unknown(reason.reason, reason.line or line, foreign=reason.foreign)
    try:
        default = native(function, known, line)
    except RaisedError:
        default = MISSING
    if isinstance(default, Unknown):
        default = MISSING
    return Unknown(reason.reason, reason.line or line, default, reason.foreign)


def defaults(value: object, depth: int = 0) -> object:
    """Return a value with defaults in place of what is unknown in it; MISSING where there is none."""
    if isinstance(value, Unknown):
        return value.default
    if not isinstance(value, CONTAINERS) or depth > DEEP:
        return value
    if all(type(part) in SCALARS for part in parts(value)):
        return value
    if isinstance(value, dict):
        pairs = [(defaults(key, depth + 1), defaults(item, depth + 1)) for key, item in value.items()]
        return MISSING if any(MISSING in pair for pair in pairs) else dict(pairs)
    items = [defaults(part, depth + 1) for part in value]
    return MISSING if any(item is MISSING for item in items) else type(value)(items)


def native(function: Callable[..., object], values: Sequence[object], line: int) -> object:
    """Return `function(*values)` of Python itself, its exceptions as RaisedError."""
    if not all(map(is_plain, values)):
        return Unknown("an operation on an object that is not read", line)
    return done(function, values, line)


def done(function: Callable[..., object], values: Sequence[object], line: int) -> object:
    """Return `function(*values)` of plain values, what Python raises as RaisedError."""
    try:
        result = function(*values)
    except (RecursionError, MemoryError, BudgetError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever Python raises here, the file would raise too
        raise RaisedError(type(error).__name__, str(error)[:80], line) from None
    return bounded(result, line)


def bounded(result: object, line: int) -> object:
    """Return a result unless it is too big to keep."""
    if type(result) is bool:
        return result
    if isinstance(result, (str, bytes)):
        small = fits(len(result) // 10)
    elif isinstance(result, CONTAINERS):
        small = fits(len(result))
    else:
        small = True
    return result if small else Unknown("a value too big to follow", line)
