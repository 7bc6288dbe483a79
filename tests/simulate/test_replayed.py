"""A replay as a History: what the metadata DB would hold, told by the same judges as what really happened."""

from __future__ import annotations

import numpy as np
import pytest

from airflow_tune.history.column import missing
from airflow_tune.simulate.play import play
from airflow_tune.simulate.played import replayed


@pytest.fixture(scope="module")
def both(situation_of):
    situation = situation_of("E1")
    work = situation.workload()
    return situation.history, replayed(situation.history, work, play(work.plan, situation.system, 1))


def test_every_try_that_ended_ends_again(both):
    history, again = both
    assert np.array_equal(missing(history.tries.end), missing(again.tries.end))
    assert np.array_equal(history.tries.state, again.tries.state)


def test_only_what_was_deferred_is_queued_after_its_start(both):
    history, again = both
    late = [(one.tries.queued > one.tries.start) for one in both]
    assert np.array_equal(*late)
    assert [history.task_name(task) for task in again.tries.task[late[1]]] == ["lab_sensors.wait_deferred"]


def test_work_takes_as_long_as_it_did(both):
    history, _ = both
    plain = (history.tries.queued <= history.tries.start) & missing(history.tries.rescheduled)
    before, after = ((one.tries.end - one.tries.start)[plain] for one in both)
    assert np.abs((after - before).astype(np.int64)).max() <= 1


def test_a_second_try_comes_after_its_delay(both):
    _, again = both
    tries = again.tries
    (second,) = np.flatnonzero(tries.try_number == 2)
    assert tries.scheduled[second] - tries.end[second - 1] >= np.timedelta64(5, "s")


def test_dag_runs_keep_to_max_active_runs(both):
    _, again = both
    runs = again.runs
    own = np.flatnonzero(runs.dag == again.dags.names.index("lab_single_run"))
    order = own[np.argsort(runs.start[own])]
    assert bool(np.all(runs.start[order][1:] >= runs.end[order][:-1]))
