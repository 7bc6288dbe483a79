"""The search by simulation, on a real history of Airflow 3.3.2."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_tune.errors import UsageError
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.reader import read_history
from airflow_tune.recommend.bounds import SLOTS, Bound
from airflow_tune.recommend.objective import Objective, parse_objective
from airflow_tune.recommend.optimum import optimize
from airflow_tune.recommend.search import Search
from airflow_tune.simulate.calibrate import calibrate
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.system import Executor, System, Workers

HISTORIES = Path(__file__).parents[1] / "fixtures" / "histories"


def situation(name, executor):
    engine = sa.create_engine(
        f"sqlite:///file:{HISTORIES / name}/metadata.sqlite?mode=ro&immutable=1&uri=true"
    )
    with engine.connect() as connection:
        history = read_history(connection)
    engine.dispose()
    late = calibrate(history, idle_sleep_s=1.0, schedulers=1).latencies
    return Situation(history, System((executor,), 8, late))


@pytest.fixture(scope="module")
def local():
    return situation("E1", Executor(ExecutorKind.LOCAL))


@pytest.fixture(scope="module")
def found(local):
    return optimize(local, Objective("mean-wait", 10.0))


def test_the_objective_is_met_by_the_limit_that_is_waited_for(found):
    assert found.met
    assert found.outcome.wait.mean <= 10.0 < found.present.wait.mean
    assert found.steps[0].change.name == "core.parallelism"
    # Real Airflow with 16 slots and more of the pool waited 10.0 s in the mean.
    assert 13 <= int(found.steps[0].change.value) <= 20
    assert {step.change.name for step in found.steps} <= {"core.parallelism", "pool:db_pool"}


def test_the_front_falls_with_more_slots_and_has_a_knee(found):
    waits = [point.outcome.wait.mean for point in found.front]
    assert waits == sorted(waits, reverse=True)
    assert sum(point.knee for point in found.front) == 1


def test_more_load_waits_longer(found):
    assert found.outcome.wait.mean < found.loads[0][1].wait.mean < found.loads[1][1].wait.mean


def test_the_hosts_bear_no_more_than_they_do(local):
    memory = Bound("memory", SLOTS, 10, "there is no more")
    loose = Bound("connections", SLOTS, 1000, "there are many")
    found = optimize(local, Objective("mean-wait", 1.0), bounds=(loose, memory))
    assert not found.met
    assert all(int(s.change.value) <= 10 for s in found.steps if s.change.name == "core.parallelism")
    assert max(point.slots for point in found.front) <= 10
    assert found.binding == (memory,)


def test_what_is_beyond_its_bounds_is_lowered_although_that_misses_the_objective(local):
    pool = Bound("contention", "pool:db_pool", 2, "throughput falls")
    found = optimize(local, Objective("mean-wait", 1.0), bounds=(Bound("CPU", SLOTS, 6, "few"), pool))
    changes = {step.change.name: int(step.change.value) for step in found.steps}
    assert changes["core.parallelism"] == 6
    assert changes["pool:db_pool"] == 2
    assert {bound.what for bound in found.binding} == {"CPU", "contention"}


def test_a_bound_on_slots_is_one_on_workers():
    celery = situation("E11", Executor(ExecutorKind.CELERY, (Workers(1, 4, 4),)))
    memory = Bound("memory", SLOTS, 11, "there is no more")
    found = optimize(celery, Objective("mean-wait", 5.0), workers=True, bounds=(memory,))
    assert {int(s.change.value) for s in found.steps if s.change.name == "workers"} == {2}


def test_no_other_pool_is_much_better_at_the_same_cost(local, found):
    changes = {step.change.name: int(step.change.value) for step in found.steps}
    pools = local.history.pools
    slots = changes.get("pool:db_pool", int(pools.slots[pools.names.index("db_pool")]))
    search = Search(local, "core.parallelism", ())
    for other in (slots // 2, 2 * slots):
        outcome = search.outcome({**changes, "pool:db_pool": other})
        assert outcome.wait.mean > 0.95 * found.outcome.wait.mean


def test_what_suffices_is_made_cheaper(local):
    found = optimize(local, Objective("mean-wait", 60.0))
    changes = {step.change.name: int(step.change.value) for step in found.steps}
    assert found.met
    assert changes.pop("core.parallelism") < 8
    # What costs no slot may be raised, as that helps.
    assert set(changes) <= {"pool:db_pool"}


def test_workers_are_saved_where_they_are_what_costs():
    celery = situation("E11", Executor(ExecutorKind.CELERY, (Workers(2, 4, 4),)))
    found = optimize(celery, Objective("mean-wait", 15.0), workers=True)
    assert found.met
    assert {step.change.name for step in found.steps} <= {"workers", "pool:db_pool"}


def test_without_an_objective_dag_runs_come_close_to_the_unbounded(local):
    found = optimize(local, None)
    assert found.objective.figure == "dag-run"
    assert found.objective.most_s == pytest.approx(1.05 * found.unbounded_s)
    assert found.objective.value_s(found.outcome) < found.objective.value_s(found.present)


@pytest.mark.parametrize(
    ("text", "objective"),
    [
        ("p95-wait=60s", Objective("p95-wait", 60.0)),
        ("makespan=2h", Objective("makespan", 7200.0)),
        ("makespan:etl=90m", Objective("dag-run", 5400.0, "etl")),
    ],
)
def test_objectives_are_read(text, objective):
    assert parse_objective(text, ("etl",)) == objective


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("p95-wait", "has a value"),
        ("p96-wait=60s", 'did you mean "p95-wait"'),
        ("makespan:elt=1h", 'did you mean "etl"'),
    ],
)
def test_what_is_no_objective_is_refused(text, told):
    with pytest.raises(UsageError) as error:
        parse_objective(text, ("etl",))
    assert told in str(error.value)
