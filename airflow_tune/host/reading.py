"""From the kernel's files to a Host: the smallest of all that the machine and its limits allow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from airflow_tune.host.affinity import read_affinity
from airflow_tune.host.cgroup import read_cgroups
from airflow_tune.host.machine import machine_cores, machine_memory
from airflow_tune.host.model import Host, HostLimit, Resource
from airflow_tune.host.tree import KernelTree
from airflow_tune.measured import Measured

LIVE = Path("/")


def read_host(root: Path = LIVE) -> Host:
    """Return what this process may use of the machine, or what a tree recorded under `root` says.

    Every level of every cgroup from the process's own to the top is read, and the smallest value
    counts. Raises HostError where a recorded tree does not say what the machine has.
    """
    tree, live = KernelTree(root), root == LIVE
    cores, memory = machine_cores(tree, live=live), machine_memory(tree, live=live)
    groups, notes = read_cgroups(tree)
    affinity = read_affinity(tree, live=live)
    limits = groups if affinity is None else (affinity, *groups)
    granted_cores = _granted(limits, Resource.CPU, cores)
    granted_memory = _granted(limits, Resource.MEMORY, memory)
    return Host(
        cores=granted_cores,
        memory_bytes=Measured(int(granted_memory.value), granted_memory.origin),
        machine_cores=cores,
        machine_memory_bytes=memory,
        limits=(
            *_judged(limits, Resource.CPU, granted_cores, cores),
            *_judged(limits, Resource.MEMORY, granted_memory, memory),
        ),
        notes=(*notes, *(f"{limit.origin}: {limit.note}" for limit in limits if limit.note)),
    )


def _granted(limits: tuple[HostLimit, ...], resource: Resource, machine: Measured[int]) -> Measured[float]:
    """Return the smallest limit below what the machine has; among equals the one nearest to the process."""
    below = [
        Measured(float(limit.value), limit.origin)
        for limit in limits
        if limit.resource is resource and limit.value is not None and not limit.soft
        if limit.value < machine.value
    ]
    return min(below, key=lambda each: each.value, default=Measured(float(machine.value), machine.origin))


def _judged(
    limits: tuple[HostLimit, ...], resource: Resource, granted: Measured[float], machine: Measured[int]
) -> list[HostLimit]:
    """Return the limits of one resource, each told whether it binds or passes what the machine has."""
    return [_judge(limit, granted.value, machine.value) for limit in limits if limit.resource is resource]


def _judge(limit: HostLimit, granted: float, machine: int) -> HostLimit:
    if limit.value is None:
        return limit
    if limit.value > machine:
        return replace(limit, note="more than the machine has")
    return replace(limit, binding=limit.value == granted < machine and not limit.soft)
