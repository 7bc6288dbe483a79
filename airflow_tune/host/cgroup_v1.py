"""Limits of cgroup v1, as the kernel's admin-guide/cgroup-v1 and scheduler/sched-bwc describe its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflow_tune.host.limits import (
    DEFAULT_PERIOD_US,
    count_cpus,
    limit_from,
    limit_of,
    parse_bytes_limit,
    quota_cores,
)
from airflow_tune.host.model import HostLimit, Resource
from airflow_tune.host.tree import KernelTree

_HIERARCHICAL = "hierarchical_memory_limit"


def read_v1(controllers: frozenset[str], directories: Sequence[str], tree: KernelTree) -> Iterator[HostLimit]:
    """Yield the limits of each level of one hierarchy, the process's own group first."""
    found: list[HostLimit | None] = []
    if "cpu" in controllers:
        found += [_quota(directory, tree) for directory in directories]
    if "cpuset" in controllers:
        found += [_cpuset(directory, tree) for directory in directories]
    if "memory" in controllers:
        found += [_memory_limit(directory, tree) for directory in _charged(directories, tree)]
        found += [_hierarchical_limit(directory, tree) for directory in directories[:1]]
    yield from (limit for limit in found if limit is not None)


def _quota(directory: str, tree: KernelTree) -> HostLimit | None:
    period = tree.read(f"{directory}/cpu.cfs_period_us").content or DEFAULT_PERIOD_US
    quota = tree.read(f"{directory}/cpu.cfs_quota_us")
    return limit_from(quota, Resource.CPU, lambda text: quota_cores(text.strip(), period.strip()))


def _cpuset(directory: str, tree: KernelTree) -> HostLimit | None:
    """Prefer what is left after the parents' sets and CPUs that are off, where the kernel says it."""
    effective = limit_from(tree.read(f"{directory}/cpuset.effective_cpus"), Resource.CPU, count_cpus)
    return effective or limit_from(tree.read(f"{directory}/cpuset.cpus"), Resource.CPU, count_cpus)


def _memory_limit(directory: str, tree: KernelTree) -> HostLimit | None:
    return limit_from(tree.read(f"{directory}/memory.limit_in_bytes"), Resource.MEMORY, parse_bytes_limit)


def _charged(directories: Sequence[str], tree: KernelTree) -> Iterator[str]:
    """Yield the groups that the process's memory counts in: parents only while they use the hierarchy."""
    for index, directory in enumerate(directories):
        uses = (tree.read(f"{directory}/memory.use_hierarchy").content or "1").strip()
        if index > 0 and uses == "0":
            return
        yield directory


def _hierarchical_limit(directory: str, tree: KernelTree) -> HostLimit | None:
    """Return the kernel's own minimum over all levels, also over those that a container cannot see."""
    file = tree.read(f"{directory}/memory.stat")
    for number, line in enumerate((file.content or "").splitlines(), 1):
        name, _, value = line.partition(" ")
        if name == _HIERARCHICAL:
            return limit_of(value, file.origin(number), Resource.MEMORY, parse_bytes_limit)
    return None
