"""Each workload runs for real, and leaves neither process nor file behind."""

from __future__ import annotations

import os

import pytest

from airflow_tune.bench.catalog import NAMES, workload
from airflow_tune.bench.workload import Length, Wishes
from airflow_tune.suite.model import Curve

ELSEWHERE = {
    "db-write",
    "db-commit",
    "db-connect",
    "db-concurrency",
    "redis-cache",
    "airflow-start",
    "dag-parse",
    "callable-batch",
    "callable-processes",
}
HERE = [name for name in NAMES if name not in ELSEWHERE]
LENGTHS = [Wishes(length, cores=cores) for length in Length for cores in (0.5, 2.0, 6.0)]


@pytest.mark.parametrize("name", HERE)
def test_it_runs_and_leaves_nothing(run_workload, name):
    ran = run_workload(name)
    assert ran.complaint == ""
    assert set(ran.figures) == {one.name for one in workload(name).variants(Wishes(Length.QUICK, cores=2.0))}
    assert (ran.processes, ran.files) == ([], [])


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("wishes", LENGTHS, ids=lambda one: f"{one.length.value}-{one.cores:g}")
def test_its_variants_are_what_it_says(name, wishes):
    one = workload(name)
    variants = one.variants(wishes)
    names = [variant.name for variant in variants]
    assert len(set(names)) == len(names) > 1
    assert all(variant.scale > 0 for variant in variants)
    assert not one.reference or one.reference in names
    assert one.question.endswith("?")
    on_axis = [variant.parameters[one.axis] for variant in variants if one.axis in variant.parameters]
    assert (len(on_axis) > 2) == (one.curve is not Curve.ALTERNATIVES)
    assert on_axis == sorted(set(on_axis))


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_it_says_what_it_lacks(name):
    assert workload(name).lacks(Wishes()).startswith("no --")


def test_a_piece_that_fails_is_told(run_workload):
    ran = run_workload("redis-cache", redis_url="unix:///nowhere/redis.sock")
    assert "ConnectionError" in ran.complaint
    assert ran.processes == []


def test_memory_grows_where_references_are_kept(run_workload):
    figures = run_workload("memory-growth").figures
    kept, weak, gone = (
        figures[name]["growth_bytes"] for name in ("references kept", "weak references", "let go")
    )
    assert kept > 10_000
    assert max(weak, gone) < 2_000


def test_redis_holds_nothing_of_ours_for_long(run_workload, redis_url):
    import redis  # noqa: PLC0415 - an extra

    ran = run_workload("redis-cache", redis_url=redis_url)
    assert (ran.complaint, ran.processes) == ("", [])
    assert 0 < ran.figures["hit"]["echo_s"] < 1
    with redis.Redis.from_url(redis_url) as client:
        assert all(client.ttl(key) <= 1 for key in client.keys("*"))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity here")
def test_affinity_is_measured_where_there_is_such_a_thing(monkeypatch):
    one = workload("cpu-affinity")
    assert one.lacks(Wishes()) == ""
    monkeypatch.delattr(os, "sched_setaffinity")
    assert "no sched_setaffinity" in one.lacks(Wishes())
