"""One SQL statement as rules see it."""

from __future__ import annotations

from dataclasses import dataclass

HOLE = "x_"
"""The name that stands for what a template or program puts in: a table of this name is an unknown one."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in plain values.

    `kind` is its first word in lower case, select for WITH. Tables are dotted names in lower case; one that
    holds HOLE only a run knows. `star` is the table of which all columns are selected, `whole` the one that
    a select reads without any condition, limit or grouping, `clock` the wall-clock function that decides
    which rows count, `calls` the function of its own that a select without a table calls; "" for none.
    `upsert`: an insert that says what happens to rows that are there already. `grouped`: what it puts into
    its table are groups or distinct values of other rows.
    """

    kind: str
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    star: str = ""
    whole: str = ""
    clock: str = ""
    upsert: bool = False
    calls: str = ""
    grouped: bool = False


def same_table(one: str, other: str) -> bool:
    """Return whether two names may mean one table: one may be named with its schema, the other without."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
