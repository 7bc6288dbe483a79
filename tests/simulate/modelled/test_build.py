"""DAG files and a profile give a history that can be played."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from airflow_tune.errors import UsageError
from airflow_tune.footprints import NEAR_DB_S
from airflow_tune.installation.benched_database import BenchedDatabase
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.simulate.modelled import build
from airflow_tune.simulate.modelled.arrival import Window
from airflow_tune.simulate.plan import DEFER_UNTIL, RESCHEDULE_UNTIL
from airflow_tune.simulate.present import modelled
from airflow_tune.simulate.study import play_once

MONDAY = datetime(2026, 1, 5, tzinfo=timezone.utc)
DAY = Window(MONDAY, MONDAY + timedelta(days=1))
WORK = """
import os
with DAG("etl", schedule="@hourly", max_active_tasks=4, max_active_runs=2):
    waits = [FileSensor(task_id="sensor", filepath="/f", mode="reschedule"),
             FileSensor(task_id="deferrable", filepath="/f", deferrable=True)]
    parts = [BashOperator(task_id=f"part_{n}", bash_command="", pool="db", pool_slots=2) for n in range(3)]
    waits >> EmptyOperator(task_id="ready") >> parts
with DAG(os.environ["WHO"], schedule=None):
    BashOperator(task_id="t", bash_command="")
"""


@pytest.fixture
def made(dags, installation):
    found, notes = dags(WORK)
    return build.model(found, installation, {"default_pool": 128}, DAY), notes


def test_limits_pools_and_graph_are_as_declared(made):
    history = made[0].history
    assert history.dags.names == ("etl",)
    assert (history.dags.max_active_tasks[0], history.dags.max_active_runs[0]) == (4, 2)
    slots = dict(zip(history.pools.names, history.pools.slots.tolist(), strict=True))
    assert slots == {"default_pool": 128, "db": build.MADE_UP_SLOTS}
    assert len(history.runs) == 24
    assert len(history.tries) == 24 * 6
    assert history.tries.pool_slots.max() == 2


def test_sensors_give_their_slots_back_and_empty_operators_take_none(made, installation):
    situation, calibration, _ = modelled(installation, made[0])
    plan = situation.workload().plan
    names = [plan.tasks.names[task] for task in plan.cells.task[plan.cell_of]]
    first = plan.first_stint[:-1]
    of_task = dict(zip(names, zip(np.diff(plan.first_stint), first, strict=True), strict=True))
    assert of_task["ready"][0] == 0
    assert of_task["part_0"][0] == 1
    for name, then in (("sensor", RESCHEDULE_UNTIL), ("deferrable", DEFER_UNTIL)):
        stints, at = of_task[name]
        assert stints == 2
        assert plan.stints.then[at] == then
    assert {fit.observations for fit in calibration.fits} == {0}


def test_a_db_farther_away_makes_the_loop_longer_and_is_told(made, installation):
    trip = Measured(0.005, Origin(OriginKind.MEASURED, "bench on h"))
    far = replace(installation, benched_database=BenchedDatabase(None, trip))
    (_, near, near_notes), (situation, calibration, notes) = (
        modelled(installation, made[0]),
        modelled(far, made[0]),
    )
    known = installation.footprint
    wait = known.scheduler_statements.value * (0.005 - NEAR_DB_S.value)
    assert calibration.fits[0].value == pytest.approx(near.fits[0].value + wait)
    assert situation.system.latencies.body[0] == pytest.approx(near.latencies.body[0] + wait)
    assert set(notes) - set(near_notes)
    assert "a round trip of 5ms less 15µs where the loop was measured); bench on h" in notes[-1]


def test_it_is_played_to_its_end(made, installation):
    situation, *_ = modelled(installation, made[0])
    outcome, stuck = play_once(situation, 0)
    assert not stuck
    assert len(outcome.dag_runs) == 24
    assert outcome.waits.by_limit


def test_what_is_assumed_is_said_with_its_origin(made):
    found, notes = made
    text = "\n".join((*notes, *found.notes))
    assert "1 DAG left out, whose id is only known when Airflow runs the file" in text
    assert "from Monday 2026-01-05 00:00 UTC on for 1d" in text
    assert "profiles/batch-etl.yaml" in text
    assert "nobody described the pool db: 16 slots" in text
    assert "10m in the middle (profiles/base.yaml:" in text


def test_dags_that_are_known_are_left_out_and_none_is_an_error(dags, installation):
    found, _ = dags(WORK, known=("etl",))
    assert found == {}
    with pytest.raises(UsageError, match="no DAG that could be played"):
        build.model(found, installation, {}, DAY)


def test_more_than_any_memory_holds_is_refused(dags, installation, monkeypatch):
    monkeypatch.setattr(build, "MOST", 100)
    with pytest.raises(UsageError, match="144 task instances would run in 1d"):
        build.model(dags(WORK)[0], installation, {}, DAY)
