from __future__ import annotations

import math
from pathlib import Path

import pytest

from airflow_tune.errors import HostError
from airflow_tune.host import Host, Resource, read_host
from airflow_tune.origins import Origin, OriginKind

GIB = 1024**3


@pytest.fixture(name="host")
def _host() -> Host:
    return read_host(Path(__file__).parent / "trees" / "v2-docker")


def test_nothing_overridden_is_the_same_host(host):
    assert host.with_overrides(None, None) == host


def test_flags_replace_what_was_read(host):
    other = host.with_overrides(cores=64, memory_bytes=256 * GIB)
    assert other.cores.value == 64.0
    assert other.cores.origin == Origin(OriginKind.FLAG, "--cores")
    assert other.memory_bytes.value == 256 * GIB
    assert other.memory_bytes.origin == Origin(OriginKind.FLAG, "--memory")
    assert other.machine_cores.value == 8
    assert not any(limit.binding for limit in other.limits)


def test_what_is_not_overridden_keeps_its_limit(host):
    cores_only = host.with_overrides(cores=2)
    assert [limit.resource for limit in cores_only.limits if limit.binding] == [Resource.MEMORY]
    assert cores_only.memory_bytes == host.memory_bytes
    memory_only = host.with_overrides(memory_bytes=GIB)
    assert [limit.resource for limit in memory_only.limits if limit.binding] == [Resource.CPU]


@pytest.mark.parametrize("cores", [0, -1, math.nan, math.inf, -math.inf])
def test_cores_that_no_host_can_have_are_refused(host, cores):
    with pytest.raises(HostError) as refused:
        host.with_overrides(cores=cores)
    assert str(refused.value) == (
        f"--cores: {cores} is not a number of cores that a host can have\n  → give one such as 2 or 1.5"
    )


@pytest.mark.parametrize("size", [0, -1, math.nan, math.inf])
def test_memory_that_no_host_can_have_is_refused(host, size):
    with pytest.raises(HostError) as refused:
        host.with_overrides(memory_bytes=size)
    assert str(refused.value) == (
        f"--memory: {size} is not a size of memory that a host can have\n  → give one such as 2GiB or 512MiB"
    )
