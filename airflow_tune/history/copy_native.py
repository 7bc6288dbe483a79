"""What COPY sends, taken by the compiled helper (copy.c), while other threads of Python run."""

from __future__ import annotations

import ctypes
import sys
import weakref
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import PurePath
from typing import Any

import numpy as np

from airflow_tune.compiled import Record, bigs, load, rows
from airflow_tune.history.column import AnyArray
from airflow_tune.history.copying import MOST_NAMES, Broken, Layout, Strange

LIBRARY = PurePath(__file__).with_name("_copy.so")
BLOCK_ROWS = 1 << 14
"""So many rows are taken before Python has its turn, to put them away and to be interrupted."""
_MORE = 0
_FAULTS = {2: Broken, 3: Strange, 4: MemoryError}
"""As copy.c counts them; after 1 there are no more rows."""


def library() -> ctypes.CDLL | None:
    """Return the compiled helper, None where it was not built or is of another machine."""
    found = load(str(LIBRARY))
    if found is not None:
        found.airflow_tune_copy.restype = ctypes.c_int64
        for name in ("new", "bytes", "first"):
            getattr(found, f"airflow_tune_names_{name}").restype = ctypes.c_void_p
        found.airflow_tune_names_count.restype = ctypes.c_int64
    return found


def _libpq(pgconn: Any) -> tuple[int, int] | None:  # noqa: ANN401 - psycopg's
    """Return the addresses of PQgetCopyData and PQfreemem in the libpq that `pgconn` uses.

    None where the driver is the one in Python, which does not say where its libpq is.
    """
    module = sys.modules[type(pgconn).__module__]
    try:
        found = ctypes.CDLL(str(module.__file__))
        functions = (found.PQgetCopyData, found.PQfreemem)
    except (OSError, AttributeError):
        return None
    get, release = (ctypes.cast(one, ctypes.c_void_p).value or 0 for one in functions)
    return get, release


class NativeCodes:
    """Codes of names that the helper keeps."""

    def __init__(self, found: ctypes.CDLL, most: int) -> None:
        self._library, self.most = found, most
        self.address = ctypes.c_void_p(found.airflow_tune_names_new())
        if not self.address.value:
            raise MemoryError
        weakref.finalize(self, found.airflow_tune_names_free, self.address)

    def keys(self) -> list[bytes]:
        """Return the names by code."""
        count = self._library.airflow_tune_names_count(self.address)
        first = (ctypes.c_int64 * (count + 1)).from_address(
            self._library.airflow_tune_names_first(self.address)
        )
        whole = ctypes.string_at(self._library.airflow_tune_names_bytes(self.address), first[count])
        return [whole[begin:end] for begin, end in pairwise(first)]


class NativeTaker:
    """Takes with the helper what `pgconn` receives."""

    def __init__(self, found: ctypes.CDLL, pgconn: Any, functions: tuple[int, int]) -> None:  # noqa: ANN401 - psycopg's
        self._library, self._pgconn, self._functions = found, pgconn, functions

    @staticmethod
    def of(pgconn: Any) -> NativeTaker | None:  # noqa: ANN401 - psycopg's
        """Return a taker for `pgconn`; None where there is no helper, or no way to its libpq."""
        found = library()
        functions = _libpq(pgconn)
        return None if found is None or functions is None else NativeTaker(found, pgconn, functions)

    def codes(self, most: int = MOST_NAMES) -> NativeCodes:
        """Return codes for no names yet."""
        return NativeCodes(self._library, most)

    def take(self, layout: Layout, names: Sequence[NativeCodes]) -> Iterator[list[AnyArray]]:
        """Yield the columns of some rows after the other, adding to `names` what is new."""
        block = [np.empty(BLOCK_ROWS, one.kind) for one in layout.columns]
        last, state = np.full(len(names), -1, np.int32), np.zeros(1, np.int64)
        source = (*self._functions, self._pgconn.pgconn_ptr, BLOCK_ROWS)
        asked = Record((*source, *_request(layout, block, names), last, state))
        while state[0] == _MORE:
            count = self._library.airflow_tune_copy(ctypes.byref(asked.struct))
            yield [column[:count] for column in block]
        if state[0] in _FAULTS:
            raise _FAULTS[int(state[0])]


def _request(
    layout: Layout, block: Sequence[AnyArray], names: Sequence[NativeCodes]
) -> Iterator[AnyArray | int]:
    """Yield the fields of `request` in copy.c that say what to make of a row."""
    yield from (layout.fields, len(layout.columns))
    for field in ("what", "first", "last", "absent"):
        yield rows(np.array([getattr(one, field) for one in layout.columns]))
    yield bigs(np.array([one.ctypes.data for one in block]))
    yield bigs(np.array([one.address.value for one in names], np.int64))
    yield bigs(np.array([one.most for one in names], np.int64))
