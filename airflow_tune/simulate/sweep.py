"""Scenarios from what flags say: one of all changes, and one for each value of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from airflow_tune.errors import UsageError
from airflow_tune.simulate.change import Change, Scenario, parse_change

MOST = 200
"""More scenarios than this are a mistake: nobody reads them."""
_RANGE = ".."


def sweep_values(text: str, *, where: str) -> tuple[str, ...]:
    """Return the values of "4,8,12", of "4..64" (doubling) or of "4..64:4" (in steps); raises UsageError."""
    if _RANGE not in text:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    span, _, step = text.partition(":")
    low, _, high = span.partition(_RANGE)
    try:
        least, most, by = int(low), int(high), int(step) if step else 0
    except ValueError:
        raise UsageError(
            f'"{text}" is no range', where=where, remedy="write 4..64, 4..64:4 or 4,8,16"
        ) from None
    if least < 1 or most < least or by < 0:
        raise UsageError(f'"{text}" is no range', where=where, remedy="it begins at 1 or more and rises")
    if by:
        return tuple(str(value) for value in range(least, most + 1, by))
    values = [least]
    while values[-1] * 2 <= most:
        values.append(values[-1] * 2)
    return tuple(str(value) for value in ([*values, most] if values[-1] < most else values))


def scenarios(changes: Sequence[Change], sweeps: Sequence[str], named: Sequence[str]) -> tuple[Scenario, ...]:
    """Return the scenarios: `changes` together, over all values of `sweeps`, and each of `named` apart.

    A named one is written as its changes, apart by spaces. Raises UsageError for more than 200.
    """
    found = [
        Scenario(text, tuple(parse_change(part, where="--scenario") for part in text.split()))
        for text in named
    ]
    swept = [_changes(text) for text in sweeps]
    if changes or swept:
        for chosen in product(*swept):
            made = (*changes, *chosen)
            found.append(Scenario(" ".join(map(str, made)), made))
    if len(found) > MOST:
        raise UsageError(f"{len(found)} scenarios are too many", remedy=f"at most {MOST}: sweep in steps")
    return tuple(found)


def _changes(text: str) -> list[Change]:
    asked = parse_change(text, where="--sweep")
    return [Change(asked.name, value) for value in sweep_values(asked.value, where=f"--sweep {text}")]
