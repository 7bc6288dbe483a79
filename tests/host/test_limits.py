from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.host.limits import count_cpus, parse_bytes_limit, quota_cores


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 1), ("0-3", 4), ("0-3,7\n", 5), ("0-3,2-5", 6), ("", None), ("\n", None), ("5,5", 1)],
)
def test_lists_of_cpus_are_counted(text, count):
    assert count_cpus(text) == count


@pytest.mark.parametrize("text", ["3-1", "x", "1-", "-1", "1-2-3", "0-99999999999", "0x1", "²", "1 2"])
def test_what_is_no_list_of_cpus_is_refused(text):
    with pytest.raises(ValueError, match="is no "):
        count_cpus(text)


@pytest.mark.parametrize(
    "text", ["max\n", "-1", "9223372036854771712", "9223372036854710272", "18446744073709551615"]
)
def test_all_ways_to_say_no_limit_are_known(text):
    assert parse_bytes_limit(text) is None


def test_quotas_come_to_fractions_of_cores():
    assert quota_cores("150000", "100000") == 1.5
    assert quota_cores("max", "100000") is None
    assert quota_cores("-1", "nonsense") is None


@pytest.mark.parametrize(("quota", "period"), [("0", "100000"), ("100000", "0"), ("-2", "100000")])
def test_quotas_that_nothing_could_run_with_are_refused(quota, period):
    with pytest.raises(ValueError, match="no process could run"):
        quota_cores(quota, period)


@given(
    st.text(max_size=60),
    st.sampled_from([count_cpus, parse_bytes_limit, lambda text: quota_cores(text, text)]),
)
def test_any_text_is_a_limit_or_a_value_error(text, parse):
    with contextlib.suppress(ValueError):
        value = parse(text)
        assert value is None or value > 0


@given(st.sets(st.integers(0, 8191)))
def test_every_set_of_cpus_is_counted(cpus):
    assert count_cpus(",".join(map(str, cpus))) == (len(cpus) or None)
