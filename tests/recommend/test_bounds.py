"""What bounds a search: memory, cores, connections and contention, each with its reason."""

from __future__ import annotations

import pytest

from airflow_tune.installation.past import Past
from airflow_tune.recommend.bounds import SLOTS, bounds
from airflow_tune.recommend.plan import make_plan
from airflow_tune.simulate.present import present

CFG = "[core]\nexecutor = CeleryExecutor\n[database]\nsql_alchemy_conn = postgresql://db/airflow\n"
DEPLOYMENT = """
schedulers: {count: 1, cores: 2, memory: 4GiB}
database: {max_connections: 100, reserved_connections: 3}
workers: [{name: main, count: 2, cores: 4, memory: 8GiB}]
"""


@pytest.fixture
def found(build, make_history):
    def of(history=None, **asked):
        installation = build(CFG, **asked)
        past = Past(history or make_history([{"run": 1, "dag": "d", "task": "t"}]), "here", None)
        return installation, {one.what: one for one in bounds(installation, present(installation, past)[0])}

    return of


def test_described_hosts_bound_by_memory_and_cores(found):
    installation, each = found(deployment=DEPLOYMENT)
    assert min(each["memory"].most, each["CPU"].most) == make_plan(installation).slots
    assert "8 GiB" in str(each["memory"])
    assert "connections" not in each


def test_the_cores_of_a_host_that_is_only_assumed_are_no_bound(found):
    _, each = found()
    assert "CPU" not in each


def test_tasks_of_2_need_connections(found):
    _, each = found(deployment=DEPLOYMENT, version="2.11.2")
    bound = each["connections"]
    # 97 usable less 20 %: what engines of 5 + 10 leave, two connections for each task.
    assert bound.of == SLOTS
    assert 1 <= bound.most < 38
    assert "less 20% and" in str(bound)


def test_a_pool_whose_work_slows_itself_down_bounds_its_slots(found, make_history):
    rows, at = [], 0.0
    for wave in range(280):
        together = (1, 1, 1, 2, 4, 8, 16)[wave % 7]
        took = 10.0 * (1 + 0.01 * together * (together - 1)) * (1 + 0.01 * (wave % 3 - 1))
        rows += [
            {"run": len(rows) + one, "dag": "d", "task": "t", "pool": "db", "queued": at}
            | {"start": at, "end": at + took}
            for one in range(together)
        ]
        at += took + 1
    _, each = found(make_history(rows, pools=[("db", 10, None)]))
    assert each["contention"].of in ("pool:db", SLOTS)
    assert each["contention"].most == pytest.approx(10, abs=1)
    assert "throughput falls beyond" in str(each["contention"])
