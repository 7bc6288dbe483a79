"""What is drawn of the past adds up to what was judged, and is right where it can be counted by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.diagnose.past.pictures import take_pictures
from airflow_tune.diagnose.past.use_over_time import use_over_time
from airflow_tune.diagnose.past.verdict import judge
from airflow_tune.diagnose.past.worst_run import worst_runs
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.over_time import equal_spans, overlap
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.past import Past
from airflow_tune.versions import AirflowVersion

CELERY = Machinery(AirflowVersion("3.3"), ExecutorKind.CELERY, 32)


def ti(task, queued, end, **more):
    times = {"scheduled": 0.0, "queued": queued, "start": queued, "end": end}
    return {"dag": "d", "task": task, "run": 1, **times, **more}


def pictures(experiment):
    verdict = judge(Past(experiment.history, "here", None), experiment.machinery)
    return take_pictures(experiment.history, experiment.machinery, verdict), verdict


def test_the_waits_over_time_add_up_to_the_waits(experiment):
    found, verdict = pictures(experiment)
    width = np.diff(found.waits.edges) / 1e6
    drawn = sum(float((waiting * width).sum()) for waiting in found.waits.waiting.values())
    assert drawn == pytest.approx(verdict.waits.total_s, rel=1e-6)
    first = verdict.waits.by_limit[0]
    assert float((found.waits.waiting[first.limit] * width).sum()) == pytest.approx(first.seconds, rel=1e-6)


def test_the_peaks_over_time_are_the_peaks(experiment):
    found, verdict = pictures(experiment)
    peaks = {one.limit: one.peak for one in verdict.concurrency}
    assert len(found.use) > 2
    for one in found.use:
        # The verdict's slots may stay busy after the end, and it cuts what then exceeds the limit.
        if one.limit not in ("parallelism", "worker_slots"):
            assert (one.limit, int(one.peak.max())) == (one.limit, peaks[one.limit])


@given(
    spans=st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=30),
    buckets=st.integers(1, 12),
)
def test_overlap_is_what_counting_second_by_second_gives(spans, buckets):
    spans = [tuple(sorted(span)) for span in spans]
    edges = equal_spans(0, 1000, buckets)
    begin, end = (np.array([span[at] for span in spans], np.int64) for at in (0, 1))
    slow = [
        sum(max(0, min(stop, high) - max(start, low)) for start, stop in spans)
        for low, high in itertools.pairwise(edges)
    ]
    assert overlap(begin, end, edges).tolist() == slow


def test_a_level_fills_every_bucket_that_it_reaches_into(make_history):
    rows = [ti("a", 0.0, 10.0, pool="p"), ti("b", 4.0, 6.0, pool="p", slots=2)]
    history = make_history(rows, pools=[("p", 8, False)])
    edges = equal_spans(0, 20_000_000, 10)
    (found,) = use_over_time(history, CELERY, ("pool:p", "scheduler"), edges)
    assert found.peak.tolist() == [1, 1, 3, 1, 1, 0, 0, 0, 0, 0]


def chain(make_history):
    """Two chains of which b-c ends last, c tried twice; e is still running."""
    rows = [
        ti("a", 0.0, 5.0),
        ti("b", 0.0, 20.0),
        ti("c", 50.0, 60.0, try_number=2, scheduled=50.0),
        ti("e", 30.0, None, state="running"),
    ]
    earlier = [ti("c", 25.0, 30.0, state="failed", scheduled=25.0)]
    graphs = {"d": {"a": {}, "b": {"downstream": ["c"]}, "c": {"retries": 1, "retry_delay_s": 5.0}, "e": {}}}
    return make_history(rows, earlier=earlier, dags=[("d", 16, 16)], graphs=graphs)


def test_the_critical_path_goes_through_earlier_tries(make_history):
    (run,) = worst_runs(chain(make_history), CELERY)
    bars = {(bar.task, bar.try_number): bar for bar in run.bars}
    assert {key for key, bar in bars.items() if bar.on_path} == {("b", 1), ("c", 1), ("c", 2)}
    assert (bars["c", 1].ready_s, bars["c", 1].start_s, bars["c", 1].end_s) == (20.0, 25.0, 30.0)
    assert bars["c", 2].ready_s == 35.0
    assert bars["e", 1].state == "running"
    assert run.path_s == 35.0


def test_the_path_is_never_left_out(make_history):
    (run,) = worst_runs(chain(make_history), CELERY, bars=3)
    assert [bar.on_path for bar in run.bars] == [True, True, True]
    assert run.left_out == 2


def test_few_runs_of_one_dag_are_drawn(make_history):
    rows = [ti("a", 10.0, 20.0, run=n) for n in range(1, 6)] + [ti("a", 1.0, 9.0, run=9, dag="other")]
    graphs = {"d": {"a": {}}, "other": {"a": {}}}
    found = worst_runs(make_history(rows, dags=[("d", 16, 16), ("other", 16, 16)], graphs=graphs), CELERY)
    assert [run.dag for run in found] == ["d", "d", "other"]
