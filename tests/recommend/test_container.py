"""A container limited to 1.5 CPUs and 2 GiB, as recorded, gets advice for just that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from airflow_tune.deployment import local_deployment
from airflow_tune.host import read_host
from airflow_tune.recommend.engine import recommend
from airflow_tune.units import format_bytes

TREES = Path(__file__).parents[1] / "host" / "trees"


@pytest.mark.parametrize("name", ["v1-docker", "v2-docker"])
def test_a_container_gets_advice_for_what_it_is_granted(build, name):
    host = read_host(TREES / name)
    assert host.cores.value == 1.5
    assert format_bytes(host.memory_bytes.value) == "2 GiB"
    assert host.machine_cores.value > 1.5
    deployment = local_deployment(host, separate_dag_processor=True)
    advised = recommend(replace(build(), host=host, deployment=deployment))
    (parallelism,) = [one for one in advised.recommendations if one.option == "core.parallelism"]
    read = {str(one.origin) for one in parallelism.evidence}
    assert {str(host.cores.origin), str(host.memory_bytes.origin)} <= read
    given = recommend(build(cores="1.5", memory="2GiB"))
    assert parallelism.proposed == next(
        one.proposed for one in given.recommendations if one.option == "core.parallelism"
    )
