"""scheduler_idle_sleep_time where the metadata DB was measured to be farther away than where loops were."""

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_tune.diagnose.db_wait import scheduler_db_wait
from airflow_tune.diagnose.reserve import scheduler_busy_share
from airflow_tune.installation.benched_database import BenchedDatabase
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.recommend.engine import recommend

CFG = "[scheduler]\nscheduler_idle_sleep_time = 5\n[database]\nsql_alchemy_conn = postgresql://db/airflow\n"
OPTION = "scheduler.scheduler_idle_sleep_time"


def at(installation, trip_s):
    trip = Measured(trip_s, Origin(OriginKind.MEASURED, "bench on h"))
    return replace(installation, benched_database=BenchedDatabase(None, trip))


def sleep(installation):
    return next(one for one in recommend(installation).advice if one.option == OPTION)


@pytest.mark.parametrize(("version", "statements"), [("3.3.2", 34), ("2.11.2", 25)])
def test_each_statement_of_a_pass_waits_for_the_longer_trip(build, version, statements):
    far = at(build(CFG, version=version), 0.002)
    wait = scheduler_db_wait(far)
    assert wait.value == pytest.approx(statements * (0.002 - 15e-6))
    assert f"{statements} statements × (a round trip of 2ms less 15µs" in str(wait.origin)


def test_no_trip_or_a_short_one_changes_nothing(build):
    near = build(CFG)
    assert scheduler_db_wait(near) is None
    assert scheduler_db_wait(at(near, 1e-5)) is None
    assert sleep(at(near, 1e-5)) == sleep(near)
    assert scheduler_db_wait(at(near, 2e-5)) is None


def test_the_wait_is_taken_off_the_sleep_and_told(build):
    near = build(CFG)
    classes = tuple(
        one._replace(duration_s=replace(one.duration_s, value=5.0)) for one in near.profile.classes
    )
    near = replace(near, profile=near.profile._replace(classes=classes))
    far = at(near, 0.005)
    assert (float(sleep(near).proposed), float(sleep(far).proposed)) == (0.5, 0.3)
    told = {one.name: one for one in sleep(far).evidence}["loop's wait for a DB farther away"]
    assert "bench on h" in str(told.origin)
    assert float(sleep(at(near, 1.0)).proposed) == 0.1


def test_a_loop_that_waits_takes_less_of_a_core(build):
    near = build(CFG)
    assert scheduler_busy_share(at(near, 0.02), 0.5) < scheduler_busy_share(near, 0.5)
