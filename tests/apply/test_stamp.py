from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.apply.stamp import is_stamp, original, stamp


def test_it_names_the_value_before_and_the_reason():
    assert stamp("32", "8 cores bear 16") == "# airflow-tune: was 32: 8 cores bear 16"


def test_nothing_before_is_unset():
    assert stamp(None, "why") == "# airflow-tune: was unset: why"


def test_the_value_before_the_first_run_stays():
    line = stamp("32", "first")
    assert original(line, "16", "8") == "32"


def test_a_return_to_the_first_value_names_the_one_between():
    line = stamp("32", "first")
    assert original(line, "16", "32") == "16"


def test_a_comment_of_the_users_is_none():
    assert not is_stamp("# was 32: airflow-tune")
    assert original("# mine", "16", "8") == "16"


@pytest.mark.parametrize("value", ['{"a": 1, "b": [2]}', "x" * 500, "two\n  lines", "", "a:", "a: "])
def test_any_value_fits_one_line_and_is_found_again(value):
    line = stamp(value, "why: so")
    assert is_stamp(f"  {line}\r\n")
    assert stamp(original(line, "now", "next"), "why: so") == line


@given(st.one_of(st.none(), st.text()), st.text())
def test_a_stamp_is_one_line_of_bounded_length(was, reason):
    line = stamp(was, reason)
    assert len(line.splitlines()) == 1
    assert is_stamp(line)
    assert stamp(original(line, "now", "next\n"), reason) in {line, stamp("now", reason)}


def test_only_our_own_spelling_is_a_stamp():
    assert not is_stamp("; airflow-tune: was 3: old")
    assert not is_stamp("## airflow-tune: was 3: old")
