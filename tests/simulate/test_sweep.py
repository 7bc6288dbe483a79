from __future__ import annotations

import pytest

from airflow_tune.errors import UsageError
from airflow_tune.simulate.change import Change
from airflow_tune.simulate.sweep import scenarios, sweep_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("4..64", "4 8 16 32 64"),
        ("4..50", "4 8 16 32 50"),
        ("3..3", "3"),
        ("2..10:4", "2 6 10"),
        ("4, 8,12", "4 8 12"),
        ("True,False", "True False"),
    ],
)
def test_a_sweep_goes_through_its_values(text, values):
    assert sweep_values(text, where="") == tuple(values.split())


@pytest.mark.parametrize("text", ["64..4", "a..b", "0..4", "1..9:-1", "1..9:x"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(UsageError, match="is no range"):
        sweep_values(text, where="")


def test_changes_are_one_scenario():
    found = scenarios([Change("a", "1"), Change("b", "2")], [], [])
    assert [(one.name, len(one.changes)) for one in found] == [("a=1 b=2", 2)]


def test_sweeps_are_combined_over_the_changes():
    found = scenarios([Change("load", "2")], ["a=1,2", "b=3,4"], [])
    assert [one.name for one in found] == [
        f"load=2 {each}" for each in ("a=1 b=3", "a=1 b=4", "a=2 b=3", "a=2 b=4")
    ]
    assert all(one.changes[0] == ("load", "2") for one in found)


def test_a_named_scenario_stands_for_itself():
    assert scenarios([], [], ["a=1 pool:b=2"])[0].changes == (("a", "1"), ("pool:b", "2"))


def test_nothing_asked_for_is_no_scenario():
    assert scenarios([], [], []) == ()


def test_too_many_scenarios_are_refused():
    with pytest.raises(UsageError, match="201 scenarios are too many"):
        scenarios([], ["a=1..201:1"], [])
