"""Work shares the cores of its host: as processor sharing has it, and nothing of it is lost."""

from __future__ import annotations

import math
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.simulate.play import play
from airflow_tune.simulate.relief import alone, relieved, slowdowns
from airflow_tune.simulate.sharing import Host, slowdown
from airflow_tune.simulate.system import Demand

make = runpy.run_path(str(Path(__file__).with_name("plans.py")))["make"]
numbers = st.integers(0, 2**40)
counts = st.lists(st.integers(0, 30), min_size=1, max_size=4)


def drained(host):
    """Return when each stint of `host` is over, by its number."""
    ends = {}
    at = host.settle()
    while at < math.inf:
        host.advance(at)
        ends[host.leave()] = at
        at = host.settle()
    return ends


def test_four_that_compute_on_two_cores_take_twice_as_long():
    host = Host(2.0, (1.0,), (10.0,))
    for one, work in enumerate((3.0, 3.0, 3.0, 6.0)):
        host.join(one, 0, work)
    # The last one has a core of its own from 6 s on.
    assert drained(host) == {0: 6.0, 1: 6.0, 2: 6.0, 3: 9.0}
    assert (host.peak_bytes, host.bytes, host.short_s) == (40.0, 0.0, 6.0)


def test_who_only_waits_is_not_slowed_by_those_who_compute():
    host = Host(1.0, (1.0, 0.0), (0.0, 0.0))
    for one in range(4):
        host.join(one, 0, 5.0)
    host.join(9, 1, 7.0)
    found = drained(host)
    assert found[9] == 7.0
    assert found[3] == pytest.approx(20.0)


def test_where_there_are_cores_for_all_nothing_is_slowed():
    host = Host(8.0, (1.0, 2.0), (0.0, 0.0))
    for one in range(8):
        host.join(one, one % 2, 1.0 + one)
    host.demands = (0.9, 0.9)
    assert drained(host) == {one: 1.0 + one for one in range(8)}
    assert host.short_s == 0.0


@given(counts, st.data())
def test_what_is_used_is_what_there_is(count, data):
    demands = data.draw(st.lists(st.floats(0.0, 3.0), min_size=len(count), max_size=len(count)))
    cores = data.draw(st.floats(0.1, 8.0))
    s = slowdown(count, demands, cores)
    used = sum(n * d / ((1 - min(d, 1)) + min(d, 1) * s) for n, d in zip(count, demands, strict=True))
    wanted = sum(n * d for n, d in zip(count, demands, strict=True))
    assert s >= 1.0
    assert used == pytest.approx(min(wanted, cores), rel=1e-9, abs=1e-12)
    many = slowdowns(np.array([count], float), np.array(demands), cores)
    assert many[0] == pytest.approx(s, rel=1e-9)


@given(numbers)
def test_work_is_conserved_whatever_shares_the_cores(number):
    plan, system = make(number)
    one = replace(system.executors[0], kind="LocalExecutor", cores=0.7, workers=())
    demands = system.demands or (Demand("a", 0.6, 1.0), Demand("b", 0.2, 2.0))
    system = replace(system, schedulers=1, executors=(one,), demands=demands)
    rows = np.arange(len(plan.stints)) % len(demands)
    cells = replace(plan.cells, executor=np.zeros_like(plan.cells.executor))
    plan = replace(plan, cells=cells, stints=replace(plan.stints, demand=rows.astype(np.int8)))
    played = play(plan, system, number)
    over = np.flatnonzero(~np.isnan(played.end))
    asked = np.array([each.cores for each in demands])
    work = relieved(played.start[over], played.end[over], rows[over], asked, 0.7)
    assert np.allclose(work, plan.stints.work_s[over], rtol=1e-6, atol=1e-6)
    assert bool(np.all(played.end[over] - played.start[over] >= plan.stints.work_s[over] - 1e-6))


def test_a_history_is_freed_of_what_sharing_took(make_history):
    # Two that compute side by side on one core, each for 10 s of its 20 s, and one that was alone.
    rows = [
        {"run": 1, "dag": "d", "task": "a", "queued": 0.0, "start": 0.0, "end": 20.0},
        {"run": 1, "dag": "d", "task": "b", "queued": 0.0, "start": 0.0, "end": 20.0},
        {"run": 1, "dag": "d", "task": "c", "queued": 30.0, "start": 30.0, "end": 35.0},
    ]
    history = make_history(rows)
    found = alone(history, np.zeros(3, np.int8), np.array([1.0]), 1.0)
    took = (found.tries.end - found.tries.start) / np.timedelta64(1, "s")
    assert took.tolist() == [10.0, 10.0, 5.0]
