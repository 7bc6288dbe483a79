"""Figures of the past on histories small enough to count by hand, and on real ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_tune.diagnose.past.concurrency import measure_concurrency, roomy_limits
from airflow_tune.diagnose.past.contention import harmful_concurrency, measure_contention
from airflow_tune.diagnose.past.failure import diagnose_failures
from airflow_tune.diagnose.past.kpi import measure_kpis
from airflow_tune.diagnose.past.path import critical_paths, serial_chains
from airflow_tune.diagnose.past.pulse import pulse_findings, take_pulse
from airflow_tune.diagnose.past.quantile import by_group, quantiles
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Severity
from airflow_tune.versions import AirflowVersion

CELERY_3 = Machinery(AirflowVersion("3.3"), ExecutorKind.CELERY, 4, worker_slots=8)
CELERY_2 = Machinery(AirflowVersion("2.11"), ExecutorKind.CELERY, 4)


def ti(task, start, end, run=1, dag="d", **more):
    times = {"scheduled": start, "queued": start, "start": start, "end": end}
    return {"dag": dag, "task": task, "run": run, **times, **more}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), max_size=30))
def test_quantiles_are_nearest_ranks_of_each_group(pairs):
    group = np.array([g for g, _ in pairs], np.int64)
    value = np.array([v for _, v in pairs], float)
    grouped, first = by_group(np.argsort(value), group, 4)
    found = quantiles(value, grouped, first, (0.5, 0.95))
    for at in range(4):
        own = sorted(v for g, v in pairs if g == at)
        for column, share in enumerate((0.5, 0.95)):
            if own:
                assert found[at, column] == own[math.ceil(share * len(own)) - 1]
            else:
                assert np.isnan(found[at, column])


def test_kpis_count_what_ended(make_history):
    tries = [
        ti("a", 0, 10, queued=0, operator="A"),
        {**ti("a", 4, 10, run=2, operator="A", state="failed"), "scheduled": 1, "queued": 2},
        ti("b", 3600, 3620, operator="B"),
        ti("b", 1, None, run=2, state="running"),
    ]
    kpis = measure_kpis(make_history(tries))
    (whole,) = kpis.installation
    assert (whole.task_instances, whole.success_share) == (3, pytest.approx(2 / 3))
    assert whole.per_hour == pytest.approx(3 / (3620 / 3600))
    assert (whole.execution.p50_s, whole.execution.p99_s) == (10, 20)
    assert whole.trend_share == pytest.approx(20 / 6 - 1)
    by_task = {kpi.name: kpi for kpi in kpis.tasks}
    assert by_task["d.a"].queue.p99_s == 2
    assert by_task["d.a"].total.p99_s == 10
    assert [kpi.name for kpi in kpis.operators] == ["A", "B"]
    assert [(kpi.name, kpi.task_instances) for kpi in kpis.hours] == [
        ("1970-01-01T00", 2),
        ("1970-01-01T01", 1),
    ]
    assert np.isnan(by_task["d.b"].trend_share)


def test_kpis_of_nothing_are_empty(make_history):
    assert measure_kpis(make_history([])).installation == ()


def test_concurrency_knows_peak_saturation_and_headroom(make_history):
    tries = [ti("a", 0, 10, pool="p", slots=2), ti("b", 5, 10, pool="p"), ti("c", 15, 20)]
    history = make_history(tries, pools=[("p", 3, False), ("q", -1, False)], dags=[("d", 4, 16)])
    found = {usage.limit: usage for usage in measure_concurrency(history, CELERY_2)}
    assert set(found) == {"pool:p", "pool:default_pool", "max_active_tasks:d", "parallelism"}
    pool = found["pool:p"]
    assert (pool.peak, pool.saturated_s, pool.saturated_share, pool.headroom_share) == (3, 5, 0.25, 0)
    assert (found["parallelism"].peak, found["max_active_tasks:d"].peak) == (2, 2)
    assert not pool.never_binds
    assert found["parallelism"].never_binds


def test_max_active_tasks_peaks_by_run_in_3(make_history):
    tries = [ti("a", 0, 10, run=run) for run in (1, 2, 3)]
    history = make_history(tries, dags=[("d", 2, 16)])
    found = {usage.limit: usage.peak for usage in measure_concurrency(history, CELERY_3)}
    assert found == {"max_active_tasks:d": 1, "parallelism": 3, "worker_slots": 3, "pool:default_pool": 3}


def test_a_pool_that_is_never_half_full_is_named(make_history):
    history = make_history([ti("a", 0, 10)])
    (found,) = roomy_limits(measure_concurrency(history, CELERY_3))
    assert found.finding.message == "pool:default_pool never had more than 1 of 128 slots in use"
    assert found.finding.severity is Severity.INFO
    assert measure_concurrency(make_history([]), CELERY_3) == ()


DIAMOND = {
    "d": {"a": {"downstream": ["b", "c"]}, "b": {"downstream": ["e"]}, "c": {"downstream": ["e"]}, "e": {}}
}


def test_the_critical_path_is_the_chain_that_ended_last(make_history):
    tries = [ti("a", 0, 10), ti("b", 12, 15), ti("c", 11, 40), ti("e", 43, 50)]
    found = critical_paths(make_history(tries, graphs=DIAMOND), 2)
    assert {task.task: (task.on_path_s, task.wait_s, task.slack_s) for task in found.tasks} == {
        "d.c": (29, 1, 0), "d.a": (10, 0, 0), "d.e": (7, 3, 0), "d.b": (0, 0, 26),
    }  # fmt: skip
    (run,) = found.longest_runs
    assert (run.run_id, run.makespan_s) == ("r1", 50)
    assert [(step.task, step.wait_s) for step in run.steps] == [("d.a", 0), ("d.c", 1), ("d.e", 3)]
    (bound,) = found.bounds
    assert (bound.makespan_s, bound.chained_s, bound.infinite_slots_s, bound.packed_s) == (50, 46, 46, 24.5)


def test_a_chain_that_slots_cannot_shorten_is_priced(make_history):
    tries = [ti("a", 0, 10), ti("c", 10, 40), ti("e", 40, 50)]
    (found,) = serial_chains(critical_paths(make_history(tries, graphs=DIAMOND), 2))
    assert found.saved_s == 30
    assert "50 s of each run's 50 s are one chain" in found.finding.message
    assert "shorten d.c" in found.finding.advice


def test_waiting_runs_are_no_serial_chain(make_history):
    tries = [ti("a", 0, 10), ti("b", 90, 100)]
    assert serial_chains(critical_paths(make_history(tries, graphs=DIAMOND), 0)) == ()


def test_runs_with_nothing_ended_have_no_path(make_history):
    found = critical_paths(make_history([ti("a", 0, None, state="running")], graphs=DIAMOND), 2)
    assert found.tasks == ()
    assert found.bounds[0].runs == 0
    assert critical_paths(make_history([]), 2).bounds == ()


def test_the_pulse_shows_period_batch_and_late_runs(make_history):
    tries = [
        ti(name, start, start + 5) for name, start in (("a", 0), ("b", 0), ("c", 1), ("e", 3), ("f", 90))
    ]
    runs = [{"id": 1, "dag": "d", "due": 0, "queued": 20}]
    history = make_history(tries, runs=runs, dags=[("d", 16, 16)])
    pulse = take_pulse(history)
    assert (pulse.period_p50_s, pulse.batch_max, pulse.starts_per_s_max) == (1.5, 2, 4 / 60)
    assert np.isnan(pulse.run_delay_p50_s)  # a manual run is never late
    assert pulse_findings(pulse) == ()


def test_late_runs_slow_files_and_clocks_are_found(make_history):
    tries = [{**ti("a", 1.8, 5), "queued": 2.0}]
    runs = [{"id": 1, "dag": "d", "due": 0, "queued": 20, "type": "scheduled"}]
    history = make_history(tries, runs=runs, dags=[("d", 16, 16, False, 7.5)])
    pulse = take_pulse(history)
    assert pulse.run_delay_p95_s == 20
    assert pulse.skew_s == pytest.approx(0.2)
    assert [(one.dag, one.parse_s) for one in pulse.parses] == [("d", 7.5)]
    (host,) = pulse.hosts
    assert (host.host, host.starts, host.least_s) == ("host", 1, pytest.approx(-0.2))
    found = pulse_findings(pulse)
    assert [priced.finding.code for priced in found] == ["AFH05", "AFH06", "AFH07"]
    assert "d takes 7.5 s to parse" in found[1].finding.message


def crowd(kappa, sizes, each=40):
    """Batches of N tries that start together, each as long as Gunther's law says."""
    tries, at, run = [], 0.0, 0
    for index in range(each):
        for size in sizes:
            span = 10 * (1 + 0.02 * (size - 1) + kappa * size * (size - 1)) * (1 + 0.01 * (index % 3 - 1))
            for _ in range(size):
                run += 1
                tries.append(ti("a", at, at + span, run=run, pool="p"))
            at += span + 1
    return tries


def test_contention_finds_where_more_slow_everything(make_history):
    history = make_history(crowd(0.01, (1, 1, 1, 2, 4, 8, 16)), pools=[("p", 99, False)])
    found = {one.where: one for one in measure_contention(history)}
    pool = found["pool:p"]
    assert pool.kappa == pytest.approx(0.01, rel=0.1)
    assert pool.best == pytest.approx(9.9, rel=0.1)
    assert pool.most == 16
    priced = harmful_concurrency((pool,))
    assert priced[0].saved_s == pool.slowed_s > 0
    assert priced[0].finding.message == "pool:p: beyond 10 at a time throughput falls; up to 16 ran"


def test_tasks_that_do_not_touch_one_another_have_no_best(make_history):
    history = make_history(crowd(0.0, (1, 1, 2, 4, 8)), pools=[("p", 99, False)])
    found = measure_contention(history)
    assert all(one.best > one.most for one in found)
    assert harmful_concurrency(found) == ()


def test_too_few_fit_nothing(make_history):
    assert measure_contention(make_history([ti("a", 0, 5)])) == ()
    assert measure_contention(make_history([])) == ()


def test_real_histories_go_through_all(experiment):
    history = experiment.history
    assert measure_kpis(history).installation[0].task_instances == 138
    usage = measure_concurrency(history, experiment.machinery)
    assert {one.limit for one in usage} >= {"parallelism", "pool:db_pool"}
    for bound in critical_paths(history, experiment.machinery.slots).bounds:
        assert bound.chained_s <= bound.infinite_slots_s + 1e-6 <= bound.makespan_s + 1e-6
    assert take_pulse(history).period_p50_s < 2
    assert diagnose_failures(history).classes[0].tries == 1
    assert all(one.kappa_half_width >= 0 for one in measure_contention(history))
