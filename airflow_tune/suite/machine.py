"""The machine and the Python that were measured: enough to tell two results of one host from those of two."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """What was measured on.

    `cores` and `memory_bytes` are what the process was granted (cores are a fraction under a CPU quota, and
    `cores_origin` says who grants them), `machine_cores` and `machine_memory_bytes` what the machine has.
    """

    hostname: str
    system: str
    architecture: str
    cpu: str
    cores: float
    cores_origin: str
    memory_bytes: int
    machine_cores: int
    machine_memory_bytes: int
    python: str
    notes: tuple[str, ...] = ()

    def differs_from(self, other: Machine) -> tuple[str, ...]:
        """Return in what `other` is not the same host with the same Python, as "name: one, other"."""
        names = ("hostname", "architecture", "cpu", "cores", "memory_bytes", "machine_cores", "python")
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in names)
        return tuple(f"{name}: {mine}, {others}" for name, mine, others in pairs if mine != others)
