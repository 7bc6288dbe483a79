"""The files that a command is given: named ones as they are, folders with all their Python files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from airflow_tune.errors import UsageError

SKIPPED = frozenset({"__pycache__", "node_modules", "venv"})


def python_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files to read in order, each once; hidden folders and environments are left out.

    Raises UsageError for a path that does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(
                "there is no such file or folder", where=str(path), todo="name a DAG file, or the DAG folder"
            )
        found.update(dict.fromkeys(below(path) if path.is_dir() else (path,)))
    return list(found)


def below(folder: Path) -> Iterator[Path]:
    """Yield the Python files below a folder, sorted; links to folders are not followed."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        yield from (Path(where, name) for name in sorted(files) if name.endswith(".py"))
