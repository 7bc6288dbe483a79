"""What the machine is, for the head of a result."""

from __future__ import annotations

import platform

from airflow_tune.host import Host
from airflow_tune.host.tree import KernelTree
from airflow_tune.suite.machine import Machine


def machine_of(host: Host, tree: KernelTree | None = None) -> Machine:
    """Return the facts of this machine, of which `host` says what is granted."""
    return Machine(
        hostname=platform.node(),
        system=f"{platform.system()} {platform.release()}",
        architecture=platform.machine(),
        cpu=_cpu(tree),
        cores=host.cores.value,
        cores_origin=str(host.cores.origin),
        memory_bytes=host.memory_bytes.value,
        machine_cores=host.machine_cores.value,
        machine_memory_bytes=host.machine_memory_bytes.value,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        notes=host.notes,
    )


def _cpu(tree: KernelTree | None) -> str:
    """Return the CPU's name where the kernel tells it, else what Python knows."""
    if tree is not None:
        for line in (tree.read("/proc/cpuinfo").content or "").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor()
