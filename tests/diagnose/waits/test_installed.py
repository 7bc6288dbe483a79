"""Which machinery an installation has, as far as it is known."""

from __future__ import annotations

import pytest

from airflow_tune.diagnose.waits.installed import machinery_json, machinery_of
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.past import Past

DEPLOYMENT = """
schedulers: {count: 2, cores: 2, memory: 4GiB}
workers:
  - {name: big, count: 3, cores: 4, memory: 8GiB}
  - {name: small, count: 1, cores: 2, memory: 4GiB}
database: {}
"""


@pytest.fixture
def past(make_history):
    return Past(make_history([{"run": 1, "dag": "d", "task": "t"}]), "here", None)


def test_celery_has_the_slots_of_all_described_workers(build, past):
    cfg = "[core]\nexecutor = CeleryExecutor\nparallelism = 40\n[celery]\nworker_concurrency = 5\n"
    found = machinery_of(build(cfg, deployment=DEPLOYMENT), past)
    assert found == Machinery(past.history.version, ExecutorKind.CELERY, 40, 2, 20)


@pytest.mark.parametrize(
    ("executor", "deployment"),
    [("CeleryExecutor", None), ("CeleryExecutor,KubernetesExecutor", DEPLOYMENT), ("LocalExecutor", None)],
)
def test_slots_nobody_can_count_are_not_known(build, past, executor, deployment):
    found = machinery_of(build(f"[core]\nexecutor = {executor}\n", deployment=deployment), past)
    assert found.worker_slots is None


def test_the_heartbeat_says_how_long_a_slot_may_stay_busy(build, past):
    found = machinery_of(build("[workers]\nmin_heartbeat_interval = 2\n"), past)
    assert (found.heartbeat_s, found.slot_tail_s) == (2.0, 2.05)
    without = {name: value for name, value in machinery_json(found).items() if name != "heartbeat_s"}
    assert machinery_of(build(), Past(past.history, "file", None, without)).heartbeat_s == 5.0


def test_one_at_a_time_is_one_at_a_time(build, past):
    cfg = "[core]\nexecutor = SequentialExecutor\nparallelism = 32\n"
    cfg += "[database]\nsql_alchemy_conn = sqlite:////airflow.db\n"
    found = machinery_of(build(cfg, version="2.11.2"), past)
    assert (found.executor, found.parallelism) == (ExecutorKind.SEQUENTIAL, 1)


def test_what_a_snapshot_keeps_comes_before_what_is_set(build, past):
    kept = Machinery(past.history.version, ExecutorKind.CELERY, 7, 2, 9, 1.0)
    found = machinery_of(build(), Past(past.history, "file", None, machinery_json(kept)))
    assert found == kept
