"""Real Airflow 3.3.2 under settings that the model has not seen: the same workload, measured and foretold."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from airflow_tune.executors import ExecutorKind
from airflow_tune.simulate.change import Scenario, apply, parse_change
from airflow_tune.simulate.error import model_error
from airflow_tune.simulate.outcome import measure
from airflow_tune.simulate.play import play
from airflow_tune.simulate.played import replayed
from airflow_tune.simulate.study import mean_outcome
from airflow_tune.simulate.system import Executor, Workers

SEEDS = 8
CHANGES = {
    "E1": (),
    "E4": ("core.max_active_tasks_per_dag=3",),
    "E6": ("core.parallelism=16", "pool:db_pool=8"),
    "E11": (),
}


def foretold(situation):
    work = situation.workload()
    played = (play(work.plan, situation.system, seed) for seed in range(SEEDS))
    return mean_outcome(
        [measure(replayed(situation.history, work, one), situation.machinery) for one in played]
    )


@pytest.fixture(scope="module")
def errors(situation_of):
    """How far the model, calibrated on E1 alone, is off; E11 gives its own start-up times."""
    found = {}
    for name, changes in CHANGES.items():
        asked = tuple(parse_change(text, where="") for text in changes)
        situation = apply(situation_of("E1"), Scenario(name, asked))
        real = situation_of(name)
        if name == "E11":
            late = replace(situation.system.latencies, start=real.system.latencies.start)
            celery = (Executor(ExecutorKind.CELERY, (Workers(2, 8, 8),)),)
            situation = situation.with_system(executors=celery, latencies=late)
        observed = measure(real.history, real.machinery)
        found[name] = model_error(observed, foretold(situation))
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_no_experiment_is_far_off(errors, name):
    error = errors[name]
    assert abs(error.makespan_share) < 0.12
    assert abs(error.wait_mean_share) < 0.2
    assert abs(error.wait_p95_share) < 0.2
    assert error.close_share >= 0.85


@pytest.mark.parametrize(
    ("figure", "most"), [("makespan_share", 0.05), ("wait_mean_share", 0.08), ("wait_p95_share", 0.08)]
)
def test_the_middle_error_is_airflow_s_own_noise(errors, figure, most):
    assert statistics.median(abs(getattr(error, figure)) for error in errors.values()) <= most
