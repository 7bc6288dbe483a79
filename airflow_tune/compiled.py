"""Compiled libraries: loaded with ctypes where they were built, and given columns as C structs.

Each has a twin in Python or numpy that gives the same bytes, for where there was no C compiler.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


@cache
def load(path: str) -> ctypes.CDLL | None:
    """Return the library at `path`, None where it was not built or is of another machine."""
    try:
        return ctypes.CDLL(path)
    except OSError:
        return None


class Record:
    """Lays values out as a C struct of pointers, 64-bit integers and doubles, and keeps arrays alive.

    An array becomes a pointer to its first element: it is contiguous and of the type that C expects.
    """

    def __init__(self, values: Iterable[NDArray[Any] | int | float]) -> None:
        self.kept: list[NDArray[Any]] = []
        fields: list[tuple[str, Any]] = []
        made: list[object] = []
        for number, value in enumerate(values):
            kind, cell = self._cell(value)
            fields.append((f"f{number}", kind))
            made.append(cell)
        struct = type("struct", (ctypes.Structure,), {"_fields_": fields})
        self.struct = struct(*made)

    def _cell(self, value: NDArray[Any] | float) -> tuple[Any, object]:
        if isinstance(value, np.ndarray):
            self.kept.append(value)
            return ctypes.c_void_p, value.ctypes.data
        if isinstance(value, int):
            return ctypes.c_int64, value
        return ctypes.c_double, value


def rows(column: NDArray[Any]) -> NDArray[np.int32]:
    """Return `column` as int32, one after the other in memory."""
    return np.ascontiguousarray(column, np.int32)


def bigs(column: NDArray[Any]) -> NDArray[np.int64]:
    """Return `column` as int64, one after the other in memory."""
    return np.ascontiguousarray(column, np.int64)


def octets(column: NDArray[Any]) -> NDArray[np.int8]:
    """Return `column` as int8, one after the other in memory."""
    return np.ascontiguousarray(column, np.int8)


def reals(column: NDArray[Any]) -> NDArray[np.float64]:
    """Return `column` as doubles, one after the other in memory."""
    return np.ascontiguousarray(column, np.float64)
