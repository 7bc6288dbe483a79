"""What COPY sends, taken in numpy: the twin of copy.c for where that was not built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any

import numpy as np

from airflow_tune.history.column import AnyArray, Ints
from airflow_tune.history.copying import EPOCH_US, MOST_NAMES, NUMBER, TIME, Broken, Column, Layout, Strange

CHUNK_ROWS = 50_000
_SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER_BYTES = 19
_END = b"\xff\xff"
_NONE = np.iinfo(np.int64).min
_PAD = bytes(8)
"""So that a number can be looked for behind the last field too, before it is known to be none."""


class PlainCodes(dict[bytes, int]):
    """Codes of names in a dict."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def __missing__(self, key: bytes) -> int:
        if len(self) >= self.most:
            return -1
        self[key] = code = len(self)
        return code

    def keys(self) -> list[bytes]:  # type: ignore[override]
        """Return the names by code."""
        return list(self)


def _without_header(message: bytes) -> bytes:
    if not message.startswith(_SIGNATURE):
        return message
    more = int.from_bytes(message[_HEADER_BYTES - 4 : _HEADER_BYTES], "big")
    return message[_HEADER_BYTES + more :]


def _at(data: bytes, kind: str) -> AnyArray:
    """Return `data` as the numbers that begin at each of its bytes."""
    width = np.dtype(kind).itemsize
    return np.ndarray((len(data) - width + 1,), kind, data, strides=(1,))


class _Chunk:
    """Some rows: all their bytes, and where in them each field of each row begins."""

    def __init__(self, messages: list[bytes], fields: int) -> None:
        self._data = b"".join(messages) + _PAD
        self._narrow, self._wide = _at(self._data, ">i4"), _at(self._data, ">i8")
        ends = np.cumsum([len(one) for one in messages])
        at = ends - np.array([len(one) for one in messages])
        if (_at(self._data, ">i2")[at] != fields).any():
            raise Strange
        at = at + 2
        self._begins = [at]
        for _ in range(fields):
            self._check(at + 4 <= ends)
            at = at + 4 + np.maximum(self._narrow[at], 0)
            self._check(at <= ends)
            self._begins.append(at)
        self._check(at == ends)

    @staticmethod
    def _check(good: AnyArray) -> None:
        if not good.all():
            raise Strange

    def column(self, column: Column, names: Sequence[PlainCodes]) -> AnyArray:
        begin = self._begins[column.first]
        if column.what == NUMBER:
            return self._numbers(begin, column.absent)
        if column.what == TIME:
            return self._times(begin)
        keys = map(slice, begin.tolist(), self._begins[column.last + 1].tolist())
        codes = names[column.what]
        return np.fromiter((codes[self._data[key]] for key in keys), np.int32, len(begin))

    def _numbers(self, begin: Ints, absent: int) -> AnyArray:
        size = self._narrow[begin]
        self._check((size == -1) | (size == 4))  # noqa: PLR2004 - the bytes of an int4
        return np.where(size < 0, absent, self._narrow[begin + 4]).astype(np.int32)

    def _times(self, begin: Ints) -> AnyArray:
        size = self._narrow[begin]
        self._check((size == -1) | (size == 8))  # noqa: PLR2004 - the bytes of a timestamptz
        value = self._wide[begin + 4].astype(np.int64)
        none = (size < 0) | (value == _NONE) | (value > np.iinfo(np.int64).max - EPOCH_US)
        return np.where(none, _NONE, value + np.where(none, 0, EPOCH_US))


class PlainTaker:
    """Takes what `pgconn` receives."""

    def __init__(self, pgconn: Any) -> None:  # noqa: ANN401 - psycopg's
        self._pgconn = pgconn

    def codes(self, most: int = MOST_NAMES) -> PlainCodes:
        """Return codes for no names yet."""
        return PlainCodes(most)

    def _messages(self) -> Iterator[list[bytes]]:
        sent = self._received()
        first = _without_header(bytes(next(sent, b"")))
        chunk = [first] if first else []
        while chunk := chunk + list(islice(sent, CHUNK_ROWS)):
            rows = chunk[:-1] if chunk[-1] == _END else chunk
            if rows:
                yield rows
            chunk = []

    def _received(self) -> Iterator[bytes]:
        """Yield each message; the driver's own copy() costs far more than libpq's function below it."""
        from psycopg import OperationalError  # noqa: PLC0415 - it is there: it made the connection

        try:
            yield from map(itemgetter(1), iter(partial(self._pgconn.get_copy_data, 0), (-1, b"")))
        except OperationalError:
            raise Broken from None

    def take(self, layout: Layout, names: Sequence[PlainCodes]) -> Iterator[list[AnyArray]]:
        """Yield the columns of some rows after the other, adding to `names` what is new."""
        for messages in self._messages():
            chunk = _Chunk(messages, layout.fields)
            yield [chunk.column(column, names) for column in layout.columns]
