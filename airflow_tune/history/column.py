"""The types that history is kept in: numpy arrays, one element per row, and names for codes.

Times are `datetime64[us]` in UTC, NaT where Airflow wrote none. A code is the row of a name in a
tuple beside the column; -1 stands for no name.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Times: TypeAlias = NDArray[np.datetime64]
Ints: TypeAlias = NDArray[np.signedinteger[Any]]
Codes: TypeAlias = NDArray[np.signedinteger[Any]]
Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
AnyArray: TypeAlias = NDArray[Any]

NAT = np.datetime64("NaT", "us")
MICROSECONDS = 1_000_000


def narrowest(low: int, high: int) -> np.dtype[Any]:
    """Return the narrowest type of whole numbers that holds those from `low` to `high`."""
    return np.promote_types(np.min_scalar_type(min(low, -1)), np.min_scalar_type(min(-high - 1, -1)))


def narrowed(codes: Codes) -> Codes:
    """Return `codes` in the narrowest type that holds them: widen it again before any arithmetic."""
    low, high = int(codes.min(initial=-1)), int(codes.max(initial=0))
    narrow = narrowest(low, high)
    found: Codes = codes.astype(narrow) if narrow.itemsize < codes.itemsize else codes
    return found


def micros(times: Times) -> Ints:
    """Return `times` as microseconds since 1970, without copying; NaT is the least int64."""
    return times.view(np.int64)


def times(values: Ints) -> Times:
    """Return microseconds since 1970 as times, without copying."""
    return values.view("datetime64[us]")


def missing(column: Times) -> Bools:
    """Return where `column` holds no time."""
    return np.isnat(column)


def distinct(values: Ints) -> Ints:
    """Return the sorted distinct `values`; by sorting, which is many times faster than numpy's hashing."""
    ordered = np.sort(values)
    found: Ints = ordered[np.append(ordered[:1] == ordered[:1], ordered[1:] != ordered[:-1])]
    return found


def grouped(values: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the sorted distinct `values`, the place of one of each, and which of them each value is."""
    order = np.argsort(values)
    ordered = values[order]
    new = np.append(ordered[:1] == ordered[:1], ordered[1:] != ordered[:-1])
    of_row = np.empty(len(values), np.int64)
    of_row[order] = np.cumsum(new) - 1
    return ordered[new], order[new], of_row


def counted(values: Ints) -> tuple[Ints, Ints]:
    """Return the sorted distinct `values` and how often each one stands there."""
    ordered = np.sort(values)
    first = np.flatnonzero(np.append(ordered[:1] == ordered[:1], ordered[1:] != ordered[:-1]))
    return ordered[first], np.diff(first, append=len(ordered))


def ragged(counts: Ints) -> tuple[Ints, Ints]:
    """Return, for groups of `counts` members each, the group and the rank in it of every member."""
    group = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return group, np.arange(len(group)) - first[group]


def row_of(sorted_keys: Ints, order: Ints, wanted: Ints) -> Ints:
    """Return the row of each of `wanted` where `sorted_keys[i]` is the key of row `order[i]`; -1 for none."""
    if not len(sorted_keys):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(sorted_keys, wanted), len(sorted_keys) - 1)
    return np.where(sorted_keys[at] == wanted, order[at], -1)


def rows_of(keys: Ints, wanted: Ints) -> Ints:
    """Return the row of each of `wanted` in `keys`, which are distinct; -1 for none."""
    order = np.argsort(keys)
    return row_of(keys[order], order, wanted)


def coded(codes: Codes, to: AnyArray) -> AnyArray:
    """Return `to` by each of `codes`; -1 stays -1."""
    return np.append(to, to.dtype.type(-1))[codes]
