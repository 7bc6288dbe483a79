"""Tries in bulk from PostgreSQL: COPY in its binary format, made of columns of fixed width.

Rows of fixed width become numpy arrays without a loop over them. Names have no fixed width, so the
server sends a 64-bit hash of what tries of one task share, and the place (ctid) of each row; for each
new hash one row is then looked up by its place. Format: PostgreSQL manual, COPY, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from airflow_tune.history import statement
from airflow_tune.history.column import AnyArray, Codes, Ints, Times, grouped
from airflow_tune.history.raw import Kind, Names, RawTries
from airflow_tune.history.schema import Schema
from airflow_tune.history.state import NONE, STATES
from airflow_tune.history.statement import KIND, NUMBERS, TIMES, Bounds

CHUNK_ROWS = 50_000
DRIVER = "psycopg"
MOST_HOSTS = 2_000
"""Beyond this a host name is a pod's, different for each try: it says nothing and is left out."""
_HEADER_BYTES = 19
_EPOCH_US = 946_684_800_000_000
"""PostgreSQL counts microseconds from 2000-01-01."""
_NEVER = np.iinfo(np.int64).min
"""How PostgreSQL spells -infinity, and numpy NaT: so -infinity stands in for NULL."""

_WIDTHS = {
    "run": ">i4",
    "kind": ">i8",
    "host": ">i4",
    "state": ">i4",
    **dict.fromkeys(NUMBERS, ">i4"),
    **dict.fromkeys(TIMES, ">i8"),
}
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        *(pair for name, width in _WIDTHS.items() for pair in ((f"{name}_size", ">i4"), (name, width))),
        ("place_size", ">i4"),
        ("page", ">u4"),
        ("line", ">u2"),
    ]
)


def usable(connection: Connection) -> bool:
    """Return whether `connection` speaks to PostgreSQL through the driver that this is written for."""
    return connection.dialect.name == "postgresql" and connection.dialect.driver == DRIVER


def _text(column: sa.sql.ColumnElement[Any]) -> sa.sql.ColumnElement[Any]:
    return sa.func.coalesce(column, sa.literal("\x1e"))


def copy_query(schema: Schema, name: str, bounds: Bounds) -> statement.Select:
    """Return the query whose rows COPY sends for the tries that `name` holds."""
    source, run, (joined, where) = statement.tries_from(schema, name, bounds, "postgresql")
    shared = sa.func.concat_ws(
        sa.literal("\x1f"), *(_text(statement.optional(source, column)) for column in KIND)
    )
    chosen = [
        run.c.id,
        sa.func.hashtextextended(shared, sa.literal_column("0")),
        sa.func.hashtext(_text(source.c.hostname)),
        sa.func.hashtext(_text(source.c.state)),
        *(sa.func.coalesce(source.c[column], sa.literal_column("0")) for column in NUMBERS),
        *(
            sa.func.coalesce(statement.optional(source, column), sa.literal_column("timestamptz '-infinity'"))
            for column in TIMES
        ),
        sa.literal_column(f"{name}.ctid"),
    ]
    return sa.select(*chosen).select_from(joined).where(*where)


def spelled(query: statement.Select) -> str:
    """Return `query` as text with its values in it."""
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _refused(message: bytes) -> OperationalError:
    return OperationalError(None, None, RuntimeError(message.decode(errors="replace").strip()))


def _copied(connection: Connection, query: str) -> Iterator[bytes]:
    """Yield what COPY sends, many rows at a time.

    The driver's own copy() costs a Python call for each row; libpq's function below it is far cheaper.
    """
    pgconn: Any = connection.connection.driver_connection.pgconn  # type: ignore[union-attr]
    opened = pgconn.exec_(f"COPY ({query}) TO STDOUT (FORMAT binary)".encode())
    if opened.error_message:
        raise _refused(opened.error_message)
    # Nothing of this loop is Python: it runs once for each of millions of rows.
    rows = map(itemgetter(1), iter(partial(pgconn.get_copy_data, 0), (-1, b"")))
    while part := b"".join(islice(rows, CHUNK_ROWS)):
        yield part
    # All results are taken, or the connection would refuse what comes next.
    errors = [result.error_message for result in iter(pgconn.get_result, None) if result.error_message]
    if errors:
        raise _refused(errors[0])


def _rows(parts: Iterable[bytes]) -> Iterator[AnyArray]:
    """Yield the rows in `parts`; a header stands before the first and a mark after the last."""
    rest = b""
    skip = _HEADER_BYTES
    for part in parts:
        data = rest + part
        count = (len(data) - skip) // _ROW.itemsize
        if count > 0:
            yield np.frombuffer(data, _ROW, count, skip)
            rest, skip = data[skip + count * _ROW.itemsize :], 0
        else:
            rest = data


def _times(column: AnyArray) -> Times:
    found: Ints = column.astype(np.int64)
    empty = found == _NEVER
    found += _EPOCH_US
    found[empty] = _NEVER
    return found.view("datetime64[us]")


class _Hashed:
    """Names behind hashes: codes in the order in which they came, and the place of one row of each."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._known: dict[int, int] = {}
        self._places: list[str] = []

    def codes(self, hashes: AnyArray, rows: AnyArray) -> Codes:
        """Return the codes of `hashes`; -1 for those beyond the most names that are worth knowing."""
        found, first, back = grouped(hashes.astype(np.int64))
        for value, row in zip(found.tolist(), first.tolist(), strict=True):
            full = self._most is not None and len(self._places) >= self._most
            if value not in self._known and not full:
                self._known[value] = len(self._places)
                self._places.append(f"({rows['page'][row]},{rows['line'][row]})")
        own = np.array([self._known.get(value, -1) for value in found.tolist()], np.int32)
        codes: Codes = own[back]
        return codes

    def named(
        self, connection: Connection, schema: Schema, table: str, columns: tuple[str, ...]
    ) -> list[Any]:
        """Return the `columns` of the row at each place, by code."""
        if not self._places:
            return []
        source, place = statement.table(schema, table), f"{table}.ctid"
        quoted = ",".join(f"'{one}'::tid" for one in self._places)  # whole numbers, nothing of a user's
        text = sa.cast(sa.literal_column(place), sa.Text)
        chosen = (statement.optional(source, column) for column in columns)
        query = sa.select(text, *chosen).where(sa.literal_column(f"{place} = ANY (ARRAY[{quoted}])"))
        by_place = {row[0]: row[1:] for row in connection.execute(query)}
        return [by_place[one] for one in self._places]


def _states(connection: Connection) -> tuple[Ints, Ints]:
    """Return the server's hashes of the states in rising order, and the codes of these states."""
    hashes = connection.execute(sa.select(*(sa.func.hashtext(name) for name in STATES))).one()
    order = np.argsort(np.array(hashes, np.int64))
    return np.array(hashes, np.int64)[order], order


def _state_codes(column: AnyArray, states: tuple[Ints, Ints]) -> Codes:
    hashes, codes = states
    at = np.minimum(np.searchsorted(hashes, column), len(hashes) - 1)
    return np.where(hashes[at] == column, codes[at], NONE).astype(np.int32)


def _block(rows: AnyArray, kinds: _Hashed, hosts: _Hashed, states: tuple[Ints, Ints]) -> RawTries:
    map_index, try_number, pool_slots, weight = (rows[name].astype(np.int32) for name in NUMBERS)
    return RawTries(
        rows["run"].astype(np.int64),
        kinds.codes(rows["kind"], rows),
        hosts.codes(rows["host"], rows),
        map_index,
        try_number,
        pool_slots,
        weight,
        _state_codes(rows["state"], states),
        *(_times(rows[column]) for column in TIMES),
    )


def _mapped(codes: Codes, to: Codes) -> Codes:
    """Return `codes` as codes of other names: `to` by code, with -1 (no name) behind the last one."""
    found: Codes = np.append(to, np.int32(-1))[codes]
    return found


def bulk_tries(
    connection: Connection, schema: Schema, name: str, bounds: Bounds, names: tuple[Names, Names]
) -> RawTries:
    """Return the tries that the table `name` holds within `bounds`, adding to `names` what is new.

    `names` are those of kinds and of hosts. The caller's transaction must be one that sees a snapshot
    (REPEATABLE READ), or rows could move between COPY and the look-up of their names. Raises
    OperationalError where the server refuses.
    """
    states, kinds, hosts = _states(connection), _Hashed(), _Hashed(MOST_HOSTS)
    parts = _rows(_copied(connection, spelled(copy_query(schema, name, bounds))))
    found = RawTries.gathered(_block(rows, kinds, hosts, states) for rows in parts)
    by_kind = names[0].codes(Kind(*row) for row in kinds.named(connection, schema, name, KIND))
    host_names = hosts.named(connection, schema, name, ("hostname",))
    by_host = names[1].codes(row[0] or None for row in host_names)
    return replace(found, kind=_mapped(found.kind, by_kind), host=_mapped(found.host, by_host))
