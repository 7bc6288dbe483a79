"""How many DAG files a folder holds, told as Airflow's safe mode tells it: by two words in the bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

# `might_contain_dag` of Airflow: files without both words are never parsed.
WORDS = (b"dag", b"airflow")
LARGEST_BYTES = 10 * 1024 * 1024


def count_dag_files(folder: Path) -> int:
    """Return the number of Python files below `folder` that Airflow would parse.

    Links to folders are followed once; files that cannot be read do not count.
    """
    return sum(might_contain_dag(file) for file in _python_files(folder))


def _python_files(folder: Path) -> Iterator[Path]:
    seen: set[tuple[int, int]] = set()
    for where, folders, files in os.walk(folder, followlinks=True):
        stat = Path(where).stat()
        if (stat.st_dev, stat.st_ino) in seen:
            folders.clear()
            continue
        seen.add((stat.st_dev, stat.st_ino))
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(where, name) for name in files if name.endswith(".py"))


def might_contain_dag(file: Path) -> bool:
    """Return whether Airflow in its safe mode would parse the file; False where it cannot be read."""
    try:
        with file.open("rb") as stream:
            text = stream.read(LARGEST_BYTES).lower()
    except OSError:
        return False
    return all(word in text for word in WORDS)
