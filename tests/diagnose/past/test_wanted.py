"""What more slots would spare: counted by hand, bounded as promised, and near what really happened."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.diagnose.past.wanted import Wanted, taken, wanted
from airflow_tune.diagnose.past.wanted_run import wanted_runs
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.versions import AirflowVersion

CELERY = Machinery(AirflowVersion("3.3"), ExecutorKind.CELERY, 32)


def ti(task, queued, end, **more):
    """A task instance that was ready at 0 and started when it was queued."""
    times = {"scheduled": 0.0, "queued": queued, "start": queued, "end": end}
    return {"dag": "d", "task": task, "run": 1, **times, **more}


def three_in_a_pool(make_history, **more):
    rows = [ti(f"t{n}", 10.0 * n, 10.0 * n + 10, pool="p", **more) for n in range(3)]
    graphs = {"d": {f"t{n}": {} for n in range(3)}}
    return make_history(rows, pools=[("p", 1, False)], dags=[("d", 16, 16)], graphs=graphs)


def test_a_queue_of_three_in_a_pool_of_one(make_history):
    (found,) = wanted(three_in_a_pool(make_history), CELERY, ["pool:p"])
    assert (found.limit, found.size, found.peak) == ("pool:p", 1, 3)
    # t1 waits 10 s, t2 20 s; with two slots only t2 waits, for 10 s.
    assert found.waited_s == pytest.approx(30, abs=0.1)
    assert found.replayed_s(1) == pytest.approx(30, abs=0.1)
    assert found.replayed_s(2) == pytest.approx(10, abs=0.1)
    assert found.left_share(2) == pytest.approx(1 / 3, abs=0.01)
    assert found.most_left_share(2) == pytest.approx(1 / 3, abs=0.01)
    assert found.left_share(3) == 0
    assert found.smallest(0.1, most=8) == 3
    assert found.smallest(0.1, most=2) == 2
    assert found.smallest(0.1, most=1) == 1


def test_a_task_instance_may_take_several_slots(make_history):
    rows = [ti("t0", 0.0, 10.0, pool="p", slots=2), ti("t1", 10.0, 20.0, pool="p", slots=2)]
    graphs = {"d": {"t0": {}, "t1": {}}}
    history = make_history(rows, pools=[("p", 2, False)], dags=[("d", 16, 16)], graphs=graphs)
    (found,) = wanted(history, CELERY, ["pool:p"])
    assert found.peak == 4
    assert found.replayed_s(3) == pytest.approx(10, abs=0.1)
    assert found.replayed_s(4) == 0


def test_runs_have_the_limit_each_for_itself_in_3_and_together_in_2(make_history):
    rows = [ti("t0", 0.0, 10.0), ti("t0", 0.0, 10.0, run=2)]
    history = make_history(rows, dags=[("d", 1, 16)], graphs={"d": {"t0": {}}})
    limits = ["max_active_tasks:d"]
    (each,) = wanted(history, CELERY, limits)
    assert each.peak == 1
    (both,) = wanted(history, Machinery(AirflowVersion("2.11"), ExecutorKind.CELERY, 32), limits)
    assert both.peak == 2


def test_dag_runs_are_wanted_too(make_history):
    runs = [{"id": n, "dag": "d", "queued": 0.0, "start": 10.0 * (n - 1), "end": 10.0 * n} for n in (1, 2, 3)]
    rows = [{**ti("t0", 10.0 * (n - 1), 10.0 * n), "run": n} for n in (1, 2, 3)]
    history = make_history(rows, runs=runs, dags=[("d", 16, 1)], graphs={"d": {"t0": {}}})
    (found,) = wanted_runs(history, ["max_active_runs:d", "scheduler"])
    assert (found.size, found.peak) == (1, 3)
    assert found.replayed_s(2) == pytest.approx(10, abs=0.1)
    assert list(wanted_runs(history, ["scheduler"])) == []


def test_what_has_no_slots_is_left_out(make_history):
    history = three_in_a_pool(make_history)
    assert list(wanted(history, CELERY, [])) == []
    assert list(wanted(history, CELERY, ["scheduler", "executor", "unknown", "worker_slots"])) == []


def served(jobs, size):
    """Return the start of each job (arrival, hold) by `size` slots, first come, first served."""
    free, starts = [0] * size, []
    for arrival, hold in jobs:
        free.sort()
        starts.append(max(arrival, free[0]))
        free[0] = starts[-1] + hold
    return starts


@given(
    jobs=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), min_size=1, max_size=40),
    size=st.integers(1, 5),
    more=st.integers(1, 5),
)
def test_more_slots_never_leave_more_than_the_bound(jobs, size, more):
    jobs = [(1_000_000 * arrival, 1_000_000 * hold) for arrival, hold in sorted(jobs)]
    starts = served(jobs, size)
    arrival, hold, start = (np.array(column) for column in (*zip(*jobs, strict=True), starts))
    zero = np.zeros(len(jobs), np.int64)
    seconds = taken(zero, arrival, start + hold, zero + 1)
    waited = float((start - arrival).sum()) / 1e6
    one = Wanted("pool:p", size, seconds, waited, arrival, hold, zero, zero + 1)
    assert one.replayed_s(size) == pytest.approx(waited)
    bound = one.most_left_share(size + more) * waited
    assert one.replayed_s(size + more) <= bound + 1e-6
    assert one.replayed_s(size + more) <= one.replayed_s(size)


def test_the_replay_of_todays_size_is_near_what_was_waited(experiment):
    limits = ["parallelism", "pool:db_pool", "max_active_tis_per_dag:lab_task_limit.transform"]
    found = {one.limit: one for one in wanted(experiment.history, experiment.machinery, limits)}
    assert set(found) == set(limits)
    # What waited for seconds only waited behind another limit, which the replay does not know.
    for one in found.values():
        assert one.waited_s < 60 or one.replayed_s(one.size) == pytest.approx(one.waited_s, rel=0.35)
