from __future__ import annotations

import pytest

from airflow_tune.apply.change import Change, expansion_note, raw_value
from airflow_tune.errors import ApplyError


def change(value="16", option="parallelism", section="core"):
    return Change(section, option, value, "reason")


def test_a_percent_sign_is_doubled():
    assert raw_value(change("50%")) == "50%%"
    assert raw_value(change("%(x)s")) == "%%(x)s"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (change("1\n2"), "line break"),
        (change("1\r2"), "line break"),
        (change(" 1"), "blanks"),
        (change("1\u2003"), "blanks"),
        (change("\udc80"), "UTF-8"),
        (change(option="PARALLELISM"), "lower case"),
        (change(option="a = b"), "lower case"),
        (change(option=""), "lower case"),
        (change(section="a]b"), "section"),
        (change(section=""), "section"),
        (change(section="DEFAULT"), "section"),
    ],
)
def test_what_no_line_can_hold_is_refused(wrong, said):
    with pytest.raises(ApplyError) as refused:
        raw_value(wrong)
    assert said in str(refused.value)
    assert "by hand" in str(refused.value)


@pytest.mark.parametrize("value", ["$HOME/x", "${A}", "~/dags"])
def test_values_that_airflow_expands_are_named(value):
    assert value in expansion_note(change(value))


def test_a_plain_value_has_no_note():
    assert expansion_note(change("a~b")) == ""
