"""What DAG runs wait for before they start, counted by hand; and that nothing of it counts twice."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.result import attribute_waits
from airflow_tune.diagnose.waits.run_wait import charge_runs, run_pieces, run_waits
from airflow_tune.executors import ExecutorKind
from airflow_tune.versions import AirflowVersion

CELERY = Machinery(AirflowVersion("3.3"), ExecutorKind.CELERY, 100)
HOUR = 3600


def run(number, queued, start, end, *, due=None, dag="d", **more):
    found = {"id": number, "dag": dag, "queued": queued, "start": start, "end": end, **more}
    return {**found, "due": queued if due is None else due}


def charged(history):
    found = charge_runs(history)
    seconds = {}
    for limit, spent in zip(found.limit.tolist(), found.micros.tolist(), strict=True):
        name = found.names[limit]
        seconds[name] = round(seconds.get(name, 0) + spent / 1e6, 3)
    return seconds


@pytest.fixture
def past(make_history):
    def of(*runs, most=1, paused=False, **more):
        return make_history([], runs=list(runs), dags=[("d", 16, most, paused)], **more)

    return of


def test_a_queued_run_waits_for_the_one_that_runs_until_the_scheduler_looks_again(past):
    assert charged(past(run(1, 0, 1, 50), run(2, 0, 52, 60))) == {"max_active_runs:d": 51, "scheduler": 2}


def test_more_runs_than_one_at_a_time_hold_nothing_below_the_limit(past):
    assert charged(past(run(1, 0, 1, 50), run(2, 0, 2, 60), most=2)) == {"scheduler": 3}


def test_a_run_that_is_due_waits_to_be_created_while_others_are_queued_or_running(past):
    first = run(1, 0, 0, 100)
    late = run(2, 105, 106, 110, due=20, type="scheduled")
    assert charged(past(first, late)) == {"max_active_runs:d": 85, "scheduler": 1}
    # Nobody had to create a run by hand at any time.
    assert charged(past(first, {**late, "type": "manual"})) == {"scheduler": 1}


def test_a_run_created_hours_late_with_no_limit_in_the_way_was_not_waiting(past):
    found = charge_runs(past(run(1, 5 * HOUR, 5 * HOUR, 6 * HOUR, due=0, type="scheduled")))
    assert (found.total_micros, found.uncounted) == (0, 1)
    history = past(run(1, 0, 0, 10), run(2, 5 * HOUR, 5 * HOUR, 6 * HOUR, due=4, type="scheduled"))
    assert charged(history) == {"max_active_runs:d": 16}  # up to when it is not believed any more
    assert [piece.limit for piece in run_pieces(history, 1)] == ["max_active_runs:d"]


def test_the_execution_date_of_2_says_nothing_of_when_a_run_was_due(past):
    first, late = run(1, 0, 0, 100), run(2, 105, 106, 110, due=20, type="scheduled")
    assert charged(past(first, late, version="2.11")) == {"scheduler": 1}


def test_what_still_waits_counts_up_to_now_unless_its_dag_is_paused(past):
    runs = (run(1, 0, 0, None, state="running"), run(2, 10, None, None, state="queued"), run(3, 0, 0, 30))
    assert charged(past(*runs, most=2)) == {"max_active_runs:d": 20}
    assert charged(past(*runs, most=2, paused=True)) == {}


def test_backfill_runs_have_a_limit_of_their_own(past):
    runs = (run(1, 0, 0, 50), run(2, 0, 20, 60, backfill=7))
    assert charged(past(*runs)) == {"unknown": 20}
    assert [piece.limit for piece in run_pieces(past(*runs), 1)] == ["unknown"]


def test_no_limit_is_known_where_the_table_has_no_such_dag(make_history):
    history = make_history([], runs=[run(1, 0, 0, 50), run(2, 0, 50, 60)])
    assert charged(history) == {"scheduler": 50}


def test_waits_of_runs_and_of_task_instances_are_one_sum(make_history):
    tries = [
        {
            "dag": "d",
            "task": "a",
            "run": number,
            "scheduled": at,
            "queued": at,
            "start": at + 3,
            "end": at + 9,
        }
        for number, at in ((1, 1), (2, 11))
    ]
    runs = [run(1, 0, 1, 10), run(2, 0, 11, 20)]
    history = make_history(tries, runs=runs, dags=[("d", 16, 1)], graphs={"d": {"a": {}}})
    found = attribute_waits(history, CELERY)
    assert (found.total_s, found.task_instances_s, found.dag_runs_s) == (18, 6, 12)
    assert {one.limit: (one.seconds, one.task_instances, one.dag_runs) for one in found.by_limit} == {
        "max_active_runs:d": (10, 0, 1), "executor": (6, 2, 0), "scheduler": (2, 0, 2),
    }  # fmt: skip
    assert sum(one.share for one in found.by_limit) == pytest.approx(1)


TIMES = st.one_of(st.none(), st.integers(0, 400))


@given(
    st.lists(st.tuples(TIMES, TIMES, TIMES, TIMES, st.booleans()), min_size=1, max_size=12),
    st.sampled_from([None, 0, 1, 2]),
)
def test_pieces_of_each_run_sum_to_its_charges_whatever_the_clocks_say(make_history, rows, most):
    runs = [
        run(number, *times[1:], due=times[0], type="scheduled", state="running" if flag else "success",
            backfill=number if flag else None)
        for number, (*times, flag) in enumerate(rows)
    ]  # fmt: skip
    history = make_history([], runs=runs, dags=[("d", 16, most)])
    found = charge_runs(history)
    assert np.all(found.micros > 0)
    for at in range(len(history.runs)):
        own = found.run == at
        pieces = run_pieces(history, at)
        assert sum(piece.end - piece.begin for piece in pieces) == found.micros[own].sum()
        assert all(before.end <= after.begin for before, after in itertools.pairwise(pieces))
    waits = run_waits(history)
    assert found.total_micros <= int((waits.end - waits.begin).sum())


def test_the_real_single_run_dag_waited_for_itself(experiment):
    found = charged(experiment.history)
    (limit,) = (name for name in found if name.startswith("max_active_runs:"))
    assert limit == "max_active_runs:lab_single_run"
    runs, queued = experiment.history.runs, experiment.history.runs.queued
    code = experiment.history.dags.names.index("lab_single_run")
    waited = (runs.start - queued)[runs.dag == code].astype(np.int64).sum() / 1e6
    assert found[limit] == pytest.approx(waited, abs=3)
