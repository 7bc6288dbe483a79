"""Libraries are loaded where they are there, and values are laid out as C expects them."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from airflow_tune.compiled import Record, bigs, load, octets, reals, rows


def test_a_library_that_is_not_there_or_is_none_is_no_library(tmp_path):
    broken = tmp_path / "_broken.so"
    broken.write_bytes(b"no library")
    assert load(str(tmp_path / "nowhere.so")) is None
    assert load(str(broken)) is None


def test_a_record_is_a_struct_of_pointers_integers_and_doubles():
    record = Record([rows(np.array([7, 8])), 5, 2.5])
    words = (ctypes.c_int64 * 3).from_buffer_copy(record.struct)
    assert ctypes.sizeof(record.struct) == 24
    assert (ctypes.c_int32 * 2).from_address(words[0])[:] == [7, 8]
    assert words[1] == 5
    assert ctypes.c_double.from_buffer_copy(record.struct, 16).value == 2.5


@pytest.mark.parametrize(
    ("shape", "kind"), [(rows, "int32"), (bigs, "int64"), (octets, "int8"), (reals, "float64")]
)
def test_columns_lie_one_after_the_other_in_memory(shape, kind):
    column = shape(np.arange(10)[::2])
    assert column.dtype == kind
    assert column.flags.c_contiguous
    assert column.tolist() == [0, 2, 4, 6, 8]
