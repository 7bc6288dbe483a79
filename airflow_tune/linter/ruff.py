"""Whether ruff is at work here without its rules on Airflow (AIR), which lint does not repeat."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NAMES = (".ruff.toml", "ruff.toml", "pyproject.toml")
WITH_AIRFLOW = ("AIR", "ALL")
DEEPEST = 5
"""Configurations that extend others are followed so far."""


def ruff_note(folder: Path) -> str:
    """Return what to say when the nearest configuration of ruff leaves its Airflow rules out, else ""."""
    found = next(configurations(folder), None)
    if found is None:
        return ""
    path, table = found
    if any(code.startswith(WITH_AIRFLOW) for code in selected(table, path, DEEPEST)):
        return ""
    return (
        "ruff is configured without its Airflow rules, which lint does not repeat:"
        f" add AIR to lint.extend-select in {path}"
    )


def configurations(folder: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the configurations of ruff from a folder upwards, the nearest first, as ruff looks for them."""
    for place in (folder, *folder.parents):
        for name in NAMES:
            table = table_of(place / name)
            if table is not None:
                yield place / name, table


def table_of(path: Path) -> Mapping[str, Any] | None:
    """Return ruff's table of a file, None where it has none."""
    try:
        document: Any = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    table = document.get("tool", {}).get("ruff") if path.name == "pyproject.toml" else document
    return table if isinstance(table, dict) else None


def looked_at(folder: Path) -> Iterator[Path]:
    """Yield the files that the note hangs on, whether they are there or not."""
    for place in (folder, *folder.parents):
        yield from (place / name for name in NAMES)
    for path, table in configurations(folder):
        yield from (one for one, _ in extended(table, path, DEEPEST))


def selected(table: Mapping[str, Any], path: Path, depth: int) -> Iterator[str]:
    """Yield the codes that a configuration selects, itself or through those that it extends."""
    for _, each in extended(table, path, depth):
        lint = each.get("lint")
        for part in (each, lint if isinstance(lint, dict) else {}):
            for key in ("select", "extend-select"):
                codes = part.get(key)
                yield from (
                    (code for code in codes if isinstance(code, str)) if isinstance(codes, list) else ()
                )


def extended(table: Mapping[str, Any], path: Path, depth: int) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield a configuration and those that it extends, empty where they cannot be read."""
    yield path, table
    base = table.get("extend")
    if isinstance(base, str) and depth:
        inner = path.parent / Path(base).expanduser()
        yield from extended(table_of(inner) or {}, inner, depth - 1)
