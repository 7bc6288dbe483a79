"""What a host grants: cores, memory, and every limit that was seen on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

from airflow_tune.errors import HostError
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind


class Resource(str, Enum):
    """What a limit is about."""

    CPU = "cpu"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class HostLimit:
    """One limit that the kernel states: cores for CPU, bytes for memory; None where it states none.

    `binding` says that nothing smaller was found, `soft` that passing it slows down and does not stop
    (memory.high). `note` says why a value was not used, and is empty otherwise.
    """

    resource: Resource
    value: float | None
    origin: Origin
    soft: bool = False
    binding: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """The cores (fractions with a CPU quota) and bytes of memory that this process may use.

    `machine_cores` and `machine_memory_bytes` are what the machine has, whatever of it is granted.
    `notes` say what could not be read or made no sense; nothing in them ends a run.
    """

    cores: Measured[float]
    memory_bytes: Measured[int]
    machine_cores: Measured[int]
    machine_memory_bytes: Measured[int]
    limits: tuple[HostLimit, ...] = ()
    notes: tuple[str, ...] = ()

    def with_overrides(self, cores: float | None = None, memory_bytes: int | None = None) -> Host:
        """Return this host with the cores and memory that the user's flags state instead.

        Both may pass what the machine has, for the user may describe another one. Raises HostError
        for what no host can have: zero, less, NaN and infinity.
        """
        host = self
        if cores is not None:
            _check(cores, "--cores", "a number of cores", "2 or 1.5")
            host = replace(host, cores=Measured(float(cores), Origin(OriginKind.FLAG, "--cores")))
            host = replace(host, limits=_unbound(host.limits, Resource.CPU))
        if memory_bytes is not None:
            _check(memory_bytes, "--memory", "a size of memory", "2GiB or 512MiB")
            host = replace(host, memory_bytes=Measured(memory_bytes, Origin(OriginKind.FLAG, "--memory")))
            host = replace(host, limits=_unbound(host.limits, Resource.MEMORY))
        return host


def _check(value: float, flag: str, what: str, example: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise HostError(
            f"{value} is not {what} that a host can have", where=flag, remedy=f"give one such as {example}"
        )


def _unbound(limits: tuple[HostLimit, ...], resource: Resource) -> tuple[HostLimit, ...]:
    return tuple(replace(each, binding=False) if each.resource is resource else each for each in limits)
