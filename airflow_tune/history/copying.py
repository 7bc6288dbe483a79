"""COPY from PostgreSQL into columns, without an object for each row.

Names have no fixed width: each distinct one is kept once, as the bytes that the server sent, and a column
holds codes. Format: PostgreSQL manual, COPY, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from sqlalchemy.exc import OperationalError

from airflow_tune.history.column import AnyArray
from airflow_tune.history.growth import gathered

NUMBER, TIME = -1, -2
MOST_NAMES = 2**31 - 1
EPOCH_US = 946_684_800_000_000
"""PostgreSQL counts microseconds from 2000-01-01."""


class Column(NamedTuple):
    """A column, and the fields of a row that it is made of: `first` to `last`.

    `what` is NUMBER (int4 → int32, `absent` for NULL), TIME (timestamptz → µs since 1970, NaT for NULL and
    the infinities), or the number of the names that the bytes of the fields are one of (→ code, int32).
    """

    what: int
    first: int
    last: int
    absent: int = 0

    @property
    def kind(self) -> type[np.signedinteger[Any]]:
        """Return the type of the column's elements."""
        return np.int64 if self.what == TIME else np.int32


class Layout(NamedTuple):
    """How many fields a row has, and the columns to make of them."""

    fields: int
    columns: tuple[Column, ...]


class Codes(Protocol):
    """Names by code, in the order in which they first came; a name beyond `most` gets the code -1."""

    most: int

    def keys(self) -> Sequence[bytes]:
        """Return the names: the fields as they were sent."""


class Strange(Exception):  # noqa: N818 - it is caught below
    """What the server sent is not in the format that is asked for."""


class Broken(Exception):  # noqa: N818 - it is caught below
    """The connection ended before the rows did."""


class Taker(Protocol):
    """One way of taking what the server sends after COPY: compiled, or in numpy."""

    def codes(self, most: int = MOST_NAMES) -> Any:  # noqa: ANN401 - Codes of its own kind
        """Return Codes that hold no name yet."""

    def take(self, layout: Layout, names: Sequence[Any]) -> Iterator[list[AnyArray]]:
        """Yield the columns of some rows after the other, adding to `names` what is new.

        The next rows may overwrite those before. Raises Strange, Broken, and MemoryError.
        """


def texts(key: bytes, encoding: str) -> tuple[str | None, ...]:
    """Return the fields that `key` is made of, None for NULL."""
    found: list[str | None] = []
    at = 0
    while at < len(key):
        begin = at + 4
        size = int.from_bytes(key[at:begin], "big", signed=True)
        at = begin + max(size, 0)
        found.append(None if size < 0 else key[begin:at].decode(encoding, "replace"))
    return tuple(found)


def _refused(message: bytes) -> OperationalError:
    return OperationalError(None, None, RuntimeError(message.decode(errors="replace").strip()))


def copied(pgconn: Any, query: str, taker: Taker, layout: Layout, names: Sequence[Codes]) -> list[AnyArray]:  # noqa: ANN401 - psycopg's
    """Return the columns of the rows of `query`, whole numbers as narrow as they come.

    Raises OperationalError where the server refuses.
    """
    opened = pgconn.exec_(f"COPY ({query}) TO STDOUT (FORMAT binary)".encode())
    if opened.error_message:
        raise _refused(opened.error_message)
    try:
        found = gathered(taker.take(layout, names), [np.dtype(one.kind) for one in layout.columns])
    except Strange:
        # What is left of it would be in the way of every query that follows.
        pgconn.finish()
        raise _refused(b"COPY in binary format is not answered as PostgreSQL answers it") from None
    except Broken:
        raise _refused(pgconn.error_message) from None
    # All results are taken, or the connection would refuse what comes next.
    errors = [result.error_message for result in iter(pgconn.get_result, None) if result.error_message]
    if errors:
        raise _refused(errors[0])
    return found
