"""Limits of cgroup v2, as the kernel's admin-guide/cgroup-v2 describes its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from airflow_tune.host.limits import DEFAULT_PERIOD_US, count_cpus, limit_from, parse_bytes_limit, quota_cores
from airflow_tune.host.model import HostLimit, Resource
from airflow_tune.host.tree import KernelTree


def read_v2(directories: Sequence[str], tree: KernelTree) -> Iterator[HostLimit]:
    """Yield the limits of each level, the process's own group first; files that are off are passed over."""
    for directory in directories:
        found = (
            limit_from(tree.read(f"{directory}/cpu.max"), Resource.CPU, _cpu_max),
            limit_from(tree.read(f"{directory}/cpuset.cpus.effective"), Resource.CPU, count_cpus),
            limit_from(tree.read(f"{directory}/memory.max"), Resource.MEMORY, parse_bytes_limit),
            _memory_high(directory, tree),
        )
        yield from (limit for limit in found if limit is not None)


def _cpu_max(text: str) -> float | None:
    """Return the cores of "quota period", both in µs."""
    words = text.split()
    if len(words) not in {1, 2}:
        raise ValueError(f"{len(words)} words where a quota and a period should stand")
    return quota_cores(words[0], words[1] if len(words) > 1 else DEFAULT_PERIOD_US)


def _memory_high(directory: str, tree: KernelTree) -> HostLimit | None:
    limit = limit_from(tree.read(f"{directory}/memory.high"), Resource.MEMORY, parse_bytes_limit)
    return limit and replace(limit, soft=True)
