"""What ran side by side sets the slots: by a law where one can be fitted, else a step at a time."""

from __future__ import annotations

import pytest

from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Confidence
from airflow_tune.recommend.engine import recommend

CFG = "[core]\nexecutor = LocalExecutor\nparallelism = 16\n"


def crowd(make_history, kappa, tasks=1):
    """Groups of 1 to 16 task instances that start together, each `kappa` slower for every pair beside it."""
    rows, at, run = [], 0.0, 0
    for _ in range(6):
        for size in (1, 1, 2, 4, 8, 16):
            span = 100 * (1 + kappa * size * (size - 1))
            for number in range(size):
                run += 1
                moments = dict.fromkeys(("scheduled", "queued", "start"), at) | {"end": at + span}
                rows.append(
                    {"dag": "d", "task": f"t{(run if tasks > 1 else number) % tasks}", "run": run, **moments}
                )
            at += span + 10
    names = {row["task"]: {} for row in rows}
    return make_history(rows, dags=[("d", 99, 99)], graphs={"d": names})


def parallelism(build, taught, history, **host):
    lessons = taught(history, ExecutorKind.LOCAL, 16)
    advised = recommend(build(CFG, **{"cores": "2", "memory": "64GiB", **host}), lessons)
    return next(one for one in advised.advice if one.option == "core.parallelism"), advised


def test_tasks_that_do_not_slow_each_other_get_twice_what_ran(build, taught, make_history):
    found, advised = parallelism(build, taught, crowd(make_history, 0.0))
    assert found.proposed == "32"
    assert "16 at once ran 0% longer than alone on the scheduler's host" in found.reason
    assert advised.plan.slot_confidence is Confidence.MEDIUM
    assert "a task to run 0% longer than alone" in found.risk.text


def test_tasks_that_slow_each_other_get_fewer(build, taught, make_history):
    found, advised = parallelism(build, taught, crowd(make_history, 0.01))
    assert 4 <= int(found.proposed) <= 8
    assert advised.plan.capacities[0].proof.cut


def test_memory_is_still_a_limit(build, taught, make_history):
    found, _ = parallelism(build, taught, crowd(make_history, 0.0), memory="6GiB")
    assert int(found.proposed) < 16
    assert found.reason.startswith("memory lets the scheduler's host run")


def test_tasks_that_ran_once_prove_nothing_but_that_they_ran(build, taught, make_history):
    found, advised = parallelism(build, taught, crowd(make_history, 0.01, tasks=1000))
    assert not advised.plan.capacities[0].proof.fitted
    assert found.proposed == "24"
    assert "24 is one step, after which durations will tell" in found.reason
    assert found.confidence is Confidence.LOW
    assert found.basis == "rests on what ran at once; nothing tells yet how tasks slow each other"


def test_several_kinds_of_workers_are_told_apart_by_nobody(build, taught, make_history):
    fleet = """
schedulers: {cores: 4, memory: 8GiB}
workers:
  - {name: small, count: 2, cores: 2, memory: 8GiB, queues: [default]}
  - {name: large, count: 1, cores: 16, memory: 64GiB, queues: [heavy]}
"""
    lessons = taught(crowd(make_history, 0.0))
    advised = recommend(build("[core]\nexecutor = CeleryExecutor\n", deployment=fleet), lessons)
    assert [one.proof for one in advised.plan.capacities] == [None, None]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_hosts_share_what_was_proven(build, taught, make_history, count):
    fleet = f"""
schedulers: {{cores: 4, memory: 8GiB}}
workers:
  - {{name: w, count: {count}, cores: 1, memory: 64GiB}}
"""
    lessons = taught(crowd(make_history, 0.0))
    advised = recommend(build("[core]\nexecutor = CeleryExecutor\n", deployment=fleet), lessons)
    assert advised.plan.capacities[0].cpu_slots == 32 // count
