"""The compiled inner loops of the diagnosis (core.c), where there are: the same bytes as their twins."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from pathlib import PurePath

from airflow_tune.compiled import Record, load
from airflow_tune.history.column import AnyArray

LIBRARY = PurePath(__file__).with_name("_core.so")


def library() -> ctypes.CDLL | None:
    """Return the compiled loops, None where they were not built or are of another machine."""
    return load(str(LIBRARY))


def call(name: str, *structs: Iterable[AnyArray | int]) -> int | None:
    """Return what the loop `name` returns when given `structs`, None where there is none.

    Arrays are changed in place. Other threads go on meanwhile.
    """
    compiled = library()
    if compiled is None:
        return None
    records = [Record(values) for values in structs]
    # A function of its own for each call: which type it returns is kept with it.
    function = compiled[f"airflow_tune_{name}"]
    function.restype = ctypes.c_int64
    found: int = function(*(ctypes.byref(record.struct) for record in records))
    return found
