"""A store in a SQLite file of the run's own directory, with the defaults that Python gives it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from airflow_tune.bench.kit.database.store import COLUMNS, Store


@contextmanager
def sqlite_store(directory: Path) -> Iterator[Store]:
    """Give a store in a new file of `directory`, which goes with the directory."""
    with closing(sqlite3.connect(directory / "bench.sqlite")) as connection:
        connection.execute(f"CREATE TABLE bench {COLUMNS}")
        connection.commit()
        yield Store("sqlite", connection, "bench", "?")
