"""workers.min_heartbeat_interval: short where tasks are short, long where the API server is small."""

from __future__ import annotations

import dataclasses
import math

import pytest

from airflow_tune.findings import Abstention
from airflow_tune.profiles.model import Sourced
from airflow_tune.recommend.engine import recommend
from airflow_tune.recommend.plan import make_plan

OPTION = "workers.min_heartbeat_interval"


def advice(installation):
    return next((one for one in recommend(installation).advice if one.option == OPTION), None)


def with_tasks_of(installation, seconds):
    """Return an installation all of whose tasks take so long."""
    classes = tuple(
        one._replace(duration_s=Sourced(seconds, one.duration_s.origin, "test"))
        for one in installation.profile.classes
    )
    return dataclasses.replace(installation, profile=installation.profile._replace(classes=classes))


@pytest.mark.parametrize(("seconds", "proposed"), [(5.0, "1"), (15.0, "2"), (30.0, "4")])
def test_the_shorter_the_tasks_the_shorter_the_interval(build, seconds, proposed):
    assert advice(with_tasks_of(build(), seconds)).proposed == proposed


def test_long_tasks_keep_the_default_and_lose_a_longer_one(build):
    assert isinstance(advice(with_tasks_of(build(), 600.0)), Abstention)
    long = with_tasks_of(build("[workers]\nmin_heartbeat_interval = 30\n"), 600.0)
    assert advice(long).proposed == "5"


FLEET = """
schedulers: {{cores: 4, memory: 8GiB}}
api_servers: {{cores: 1, memory: 4GiB}}
workers:
  - {{name: w, count: {count}, cores: 16, memory: 64GiB}}
"""


@pytest.mark.parametrize(("count", "proposed"), [(1, True), (20, False)])
def test_a_small_api_server_sets_a_floor(build, count, proposed):
    cfg = "[core]\nexecutor = CeleryExecutor\n"
    found = with_tasks_of(build(cfg, deployment=FLEET.format(count=count)), 5.0)
    one = advice(found)
    if not proposed:
        assert "the API servers bear no more" in one.reason
        return
    load_s = make_plan(found).running * found.footprint.api_cpu_s_per_heartbeat.value
    assert int(one.proposed) == math.ceil(load_s / 0.1) > 1


def test_2_x_has_no_such_option(build):
    assert advice(build(version="2.11.2")) is None


def test_a_shorter_tail_leaves_fewer_slots_to_the_same_cores(build):
    cfg = "[workers]\nmin_heartbeat_interval = {}\n"
    long, short = (with_tasks_of(build(cfg.format(each)), 300.0) for each in (5, 1))
    demands = [recommend(one).plan.capacities[0].demand.cores for one in (long, short)]
    assert demands[0] < demands[1]
