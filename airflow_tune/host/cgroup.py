"""All limits of all hierarchies that the process is in: v1, v2, or both beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.host.cgroup_v1 import read_v1
from airflow_tune.host.cgroup_v2 import read_v2
from airflow_tune.host.membership import Levels, Membership, levels_of, parse_memberships
from airflow_tune.host.model import HostLimit, Resource
from airflow_tune.host.mount import parse_mounts
from airflow_tune.host.tree import KernelTree

_V1_CONTROLLERS = frozenset({"cpu", "cpuset", "memory"})
_V2 = 2


def read_cgroups(tree: KernelTree) -> tuple[tuple[HostLimit, ...], tuple[str, ...]]:
    """Return every limit, the process's own groups first, and notes on what could not be seen."""
    levels = _levels(tree)
    memberships = [each for each, _ in levels]
    limits = tuple(limit for each, found in levels for limit in _read(each, found, tree))
    notes = tuple(found.note for _, found in levels if found.note)
    return limits, notes or tuple(_controllers_off(memberships, limits))


def cpu_directories(tree: KernelTree) -> tuple[str, ...]:
    """Return the directories of every group that the process's CPU time counts in, its own first."""
    return tuple(
        directory
        for each, found in _levels(tree)
        if each.version == _V2 or "cpu" in each.controllers
        for directory in found.directories
    )


def _levels(tree: KernelTree) -> list[tuple[Membership, Levels]]:
    memberships = _relevant(parse_memberships(tree.read("/proc/self/cgroup").content or ""))
    mounts = parse_mounts(tree.read("/proc/self/mountinfo").content or "")
    return [(each, levels_of(each, mounts, tree) or _unmounted(each)) for each in memberships]


def _relevant(memberships: tuple[Membership, ...]) -> list[Membership]:
    """Return the hierarchies that can hold limits: a controller that v1 holds is off in v2."""
    v1 = [each for each in memberships if each.controllers & _V1_CONTROLLERS]
    held = frozenset().union(*(each.controllers for each in v1))
    return v1 if held >= _V1_CONTROLLERS else [*v1, *(each for each in memberships if each.version == _V2)]


def _read(membership: Membership, levels: Levels, tree: KernelTree) -> Iterator[HostLimit]:
    if membership.version == 1:
        return read_v1(membership.controllers, levels.directories, tree)
    return read_v2(levels.directories, tree)


def _unmounted(membership: Membership) -> Levels:
    names = ", ".join(sorted(membership.controllers & _V1_CONTROLLERS)) or "cgroup v2"
    return Levels((), f"the hierarchy of {names} is not mounted: its limits are not known")


def _controllers_off(memberships: list[Membership], limits: tuple[HostLimit, ...]) -> Iterator[str]:
    """Say for which resource no file was found at all, though the process is in a group of its own."""
    if all(each.group == "/" for each in memberships):
        return
    for resource in Resource:
        if all(limit.resource is not resource for limit in limits):
            yield f"no controller for {resource.value} is on in the process's groups: no limit was found"
