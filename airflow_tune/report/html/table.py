"""Any figures of a verdict as tables: dataclasses by their fields, units taken from the fields' names."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from airflow_tune.report.values import values_json
from airflow_tune.units import format_bytes, format_duration, format_share

SHOWN = 12
"""Rows that are seen at once; the others unfold, up to MOST."""
MOST = 200
LISTED = 8
"""What a cell lists; of records only what they are called."""


class Cell(NamedTuple):
    """What is shown, and whether it is a number."""

    text: str
    number: bool


class Row(NamedTuple):
    """Cells, with the `id` by which a finding links to the row; empty where none does."""

    id: str
    cells: tuple[Cell, ...]


class Table(NamedTuple):
    """A table with its title; `left_out` rows are not in it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: int


def tables(section: str, value: Any) -> list[Table]:  # noqa: ANN401 - any part of a verdict
    """Return the tables of one section: its single figures first, then each of its lists; none for None."""
    if value is None:
        return []
    if isinstance(value, tuple):
        return [_list(section, value)] if value else []
    fields = [(one.name, getattr(value, one.name)) for one in dataclasses.fields(value)]
    single = tuple(
        Row("", (Cell(_words(name), number=False), _cell(name, one)))
        for name, one in fields
        if not isinstance(one, tuple) and not dataclasses.is_dataclass(one) and not _unknown(one)
    )
    found = [Table("", (), single, 0)] if single else []
    for name, one in fields:
        if isinstance(one, tuple) or dataclasses.is_dataclass(one):
            found += tables(f"{section}-{name}", one)
    return found


def _list(name: str, items: Sequence[Any]) -> Table:
    rows = _told([_flat("", item) for item in items[:MOST]])
    header = tuple(_words(key) for key, _ in rows[0])
    body = tuple(
        Row(f"{name}-{at}", tuple(_cell(key.rpartition(" ")[2], value) for key, value in row))
        for at, row in enumerate(rows)
    )
    title = _words(name.rpartition("-")[2]) if "-" in name else ""
    return Table(title, header, body, max(len(items) - MOST, 0))


def _told(rows: list[list[tuple[str, Any]]]) -> list[list[tuple[str, Any]]]:
    """Return the rows without the columns of which nothing is known in any of them."""
    known = [at for at in range(len(rows[0])) if any(not _unknown(row[at][1]) for row in rows)]
    return [[row[at] for at in known] for row in rows]


def _flat(prefix: str, item: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - any record
    """Return (name, value) of a record; records in it are laid out beside one another."""
    if dataclasses.is_dataclass(item):
        names = [(one.name, getattr(item, one.name)) for one in dataclasses.fields(item)]
    elif isinstance(item, tuple):
        names = [(("name", "value", "more")[min(at, 2)], one) for at, one in enumerate(item)]
    else:
        names = [("name", item)]
    found: list[tuple[str, Any]] = []
    for name, value in names:
        if dataclasses.is_dataclass(value):
            found += _flat(f"{prefix}{name} ", value)
        else:
            found.append((f"{prefix}{name}", value))
    return found


def _unknown(value: Any) -> bool:  # noqa: ANN401 - any figure
    return (
        value is None or str(value) in ("NaT", "", "()") or (isinstance(value, float) and math.isnan(value))
    )


def _cell(name: str, value: Any) -> Cell:  # noqa: ANN401 - any figure
    if _unknown(value):
        return Cell("–", number=True)
    if isinstance(value, bool):
        return Cell("yes" if value else "no", number=False)
    if isinstance(value, int | float):
        return Cell(_number(name, value), number=True)
    plain = values_json(value)
    if isinstance(plain, list):
        more = f" and {len(plain) - LISTED} more" if len(plain) > LISTED else ""
        return Cell(", ".join(_listed(one) for one in plain[:LISTED]) + more, number=False)
    return Cell(str(plain), number=False)


def _listed(value: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return str(next(iter(value.values()), ""))
    return f"{value[0]} ({value[1]})" if isinstance(value, list) and len(value) == 2 else str(value)  # noqa: PLR2004


def _number(name: str, value: float) -> str:
    if math.isinf(value):
        return "no limit"
    if name.endswith("_share"):
        return format_share(value)
    if name.endswith("_bytes"):
        return format_bytes(value)
    if name.endswith("_s"):
        return format_duration(value)
    whole = isinstance(value, int) or abs(value) >= 100  # noqa: PLR2004 - three digits
    return f"{value:,.0f}" if whole else f"{value:.3g}"


def _words(name: str) -> str:
    """Return a field's name as a heading: its unit stands in every cell."""
    return name.removesuffix("_bytes").removesuffix("_s").replace("_", " ")
