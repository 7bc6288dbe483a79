"""Durations are drawn from the profile's classes, the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from airflow_tune.profiles import load_profile
from airflow_tune.simulate.draw import START, uniform, uniforms
from airflow_tune.simulate.modelled.duration import class_of, durations

PROFILE = load_profile("batch-etl")


def test_many_numbers_at_once_are_the_same_as_one_by_one():
    assert uniforms(12345, START, 50).tolist() == [uniform(12345, START, place) for place in range(50)]


def test_the_median_and_the_longest_are_the_profiles():
    found = PROFILE.task_class("io")
    drawn = durations(found, "dag.task", 100_000)
    assert np.median(drawn) == pytest.approx(found.duration_s.value, rel=0.02)
    assert drawn.max() == found.longest_s.value
    assert np.mean(drawn == found.longest_s.value) == pytest.approx(0.001, abs=0.0007)


def test_an_operator_that_tells_is_of_its_class():
    assert class_of(PROFILE, "FileSensor", "dag.task") == (PROFILE.task_class("waiting"), False)
    assert class_of(PROFILE, "PostgresOperator", "dag.task") == (PROFILE.task_class("database"), False)


def test_one_that_does_not_is_drawn_by_how_many_of_each_class_start():
    names = [class_of(PROFILE, "BashOperator", f"dag.task_{n}") for n in range(20_000)]
    assert all(drawn for _, drawn in names)
    able = [one for one in PROFILE.classes if one.name != "waiting"]
    rates = {one.name: one.share.value / one.duration_s.value for one in able}
    for name, rate in rates.items():
        share = sum(found.name == name for found, _ in names) / len(names)
        assert share == pytest.approx(rate / sum(rates.values()), abs=0.02)
