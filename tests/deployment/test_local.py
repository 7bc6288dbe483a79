from __future__ import annotations

from pathlib import Path

import pytest

from airflow_tune.deployment import local_deployment
from airflow_tune.host import Host, read_host
from airflow_tune.origins import OriginKind


@pytest.fixture(name="host")
def _host() -> Host:
    trees = Path(__file__).parent.parent / "host" / "trees"
    return read_host(trees / "v2-docker")


def test_everything_shares_this_host(host):
    deployment = local_deployment(host, separate_dag_processor=True)
    assert deployment.assumed
    assert deployment.origin.kind is OriginKind.ASSUMED
    parts = [deployment.schedulers, deployment.dag_processors, deployment.triggerers, deployment.api_servers]
    for part in [*parts, *deployment.workers]:
        assert part is not None
        assert part.shares_host
        assert part.count.value == 1
        assert (part.cores, part.memory_bytes) == (host.cores, host.memory_bytes)
    assert deployment.cores_total == 1.5
    assert deployment.memory_total_bytes == 2 * 1024**3
    assert deployment.worker_total == 1


def test_the_scheduler_may_parse(host):
    assert local_deployment(host, separate_dag_processor=False).dag_processors is None


def test_flags_count_the_assumed_workers_and_cores(host):
    described = host.with_overrides(cores=16)
    deployment = local_deployment(described, separate_dag_processor=True).with_workers(3)
    assert deployment.worker_total == 3
    assert deployment.cores_total == 16
