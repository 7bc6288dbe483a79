"""A table to write to, and what its database has in common with others and what not."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_tune.bench.kit.records import Row

COLUMNS = "(id integer, customer varchar(32), amount double precision, comment varchar(200))"
_FIELDS = 4
ROWS_PER_STATEMENT = 200
"""Rows of one INSERT of many: SQLite before 3.32 takes no more than 999 values."""


def bulk_name(dialect: str) -> str:
    """Return what Store.bulk does: copy or multi-row."""
    return "copy" if dialect == "postgresql" else "multi-row"


@dataclass(frozen=True, slots=True)
class Store:
    """A connection of the DB API, and a `table` of COLUMNS that is ours; `mark` stands for a value."""

    dialect: str
    connection: Any
    table: str
    mark: str

    def one_by_one(self, rows: Sequence[Row]) -> None:
        """Insert with one statement, and so one round trip to a server, for each row."""
        cursor, statement = self.connection.cursor(), self._insert(1)
        for row in rows:
            cursor.execute(statement, row)
        cursor.close()

    def many(self, rows: Sequence[Row]) -> None:
        """Insert with one call of executemany."""
        cursor = self.connection.cursor()
        cursor.executemany(self._insert(1), rows)
        cursor.close()

    def bulk(self, rows: Sequence[Row]) -> None:
        """Insert by the way that the database has for much at once: COPY, else statements of many rows."""
        cursor = self.connection.cursor()
        if bulk_name(self.dialect) == "copy":
            _copy(cursor, self.table, rows)
        else:
            for first in range(0, len(rows), ROWS_PER_STATEMENT):
                part = rows[first : first + ROWS_PER_STATEMENT]
                cursor.execute(self._insert(len(part)), [value for row in part for value in row])
        cursor.close()

    def writer(self, batch: int) -> Callable[[Sequence[Row]], None]:
        """Return a function that inserts rows in batches of so many, one by one for a batch of 1."""
        if batch == 1:
            return self.one_by_one

        def write(rows: Sequence[Row]) -> None:
            for first in range(0, len(rows), batch):
                self.many(rows[first : first + batch])

        return write

    def commit(self) -> None:
        """End the transaction, so that the rows are there to stay."""
        self.connection.commit()

    def _insert(self, count: int) -> str:
        one = f"({', '.join([self.mark] * _FIELDS)})"
        return f"INSERT INTO {self.table} VALUES {', '.join([one] * count)}"  # noqa: S608 - our own name


def _copy(cursor: Any, table: str, rows: Sequence[Row]) -> None:  # noqa: ANN401 - psycopg's or psycopg2's
    statement = f"COPY {table} FROM STDIN"
    if hasattr(cursor, "copy"):
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    else:
        text = io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))
        cursor.copy_expert(statement, text)
