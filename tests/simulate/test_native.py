"""The compiled simulation and the plain one give the same bytes."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.errors import TuneError
from airflow_tune.simulate import native
from airflow_tune.simulate.native import library, play_native
from airflow_tune.simulate.play import play, play_plain

# Tests are no package: their helpers are found by path.
make = runpy.run_path(str(Path(__file__).with_name("plans.py")))["make"]

built = pytest.mark.skipif(library() is None, reason="built without a C compiler")


@built
@given(st.integers(0, 2**40), st.booleans())
def test_both_simulations_give_the_same_bytes(number, hopeless):
    plan, system = make(number, hopeless=hopeless)
    assert play_plain(plan, system, number).same(play_native(plan, system, number))


@built
@pytest.mark.parametrize("name", ["E1", "E6", "E11"])
def test_a_real_workload_gives_the_same_bytes(situation_of, name):
    situation = situation_of(name)
    plan = situation.workload().plan
    assert play_plain(plan, situation.system, 3).same(play_native(plan, situation.system, 3))


@built
def test_an_empty_workload_is_played(situation_of):
    situation = situation_of("E1")
    history = situation.history
    nothing = np.zeros(0, np.int64)
    tries = {name: getattr(history.tries, name)[nothing] for name in type(history.tries).__slots__}
    runs = {
        name: getattr(history.runs, name)[nothing]
        for name in ("dag", "state", "run_type", "due", "queued", "start", "end", "backfill")
    }
    empty = replace(
        history, tries=replace(history.tries, **tries), runs=replace(history.runs, run_ids=(), **runs)
    )
    plan = replace(situation, history=empty).workload().plan
    assert len(play_native(plan, situation.system, 0).ended) == 0
    assert play_plain(plan, situation.system).same(play_native(plan, situation.system, 0))


def test_without_the_compiled_one_python_plays(monkeypatch):
    plan, system = make(7)
    expected = play(plan, system, 7)
    monkeypatch.setattr(native, "LIBRARY", Path("/nowhere.so"))
    assert library() is None
    assert play(plan, system, 7).same(expected)
    with pytest.raises(TuneError, match="compiled simulation is not there"):
        play_native(plan, system, 7)
