"""How many tasks a host bears: bounded by its memory and by its cores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_tune.diagnose.demand import SlotDemand, slot_demand
from airflow_tune.diagnose.taskhost import TaskHost
from airflow_tune.findings import Evidence
from airflow_tune.installation.model import Installation
from airflow_tune.origins import computed
from airflow_tune.units import format_bytes, format_share

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.proof import Proof


@dataclass(frozen=True, slots=True)
class Capacity:
    """The tasks that one host bears at a time; both bounds may be 0 on a host that is too small.

    `proof` is what the past proves of CPU, where it rather than the profile set `cpu_slots`.
    """

    host: TaskHost
    demand: SlotDemand
    cpu_slots: int
    memory_slots: int
    evidence: tuple[Evidence, ...]
    proof: Proof | None = None

    @property
    def slots(self) -> int:
        """Return the slots to give one such host: the smaller bound, but never less than one."""
        return max(1, min(self.cpu_slots, self.memory_slots))

    @property
    def fleet_slots(self) -> int:
        """Return the slots of all hosts of this kind."""
        return self.slots * self.host.count.value

    @property
    def binds(self) -> str:
        """Return "memory" or "CPU": which of the two gives the smaller bound."""
        return "memory" if self.memory_slots <= self.cpu_slots else "CPU"

    def memory_share(self, slots: int) -> float:
        """Return the share of one host's memory that `slots` tasks and Airflow itself take."""
        taken = self.host.reserve.memory_bytes + self.demand.memory_bytes(slots)
        return taken / self.host.memory_bytes.value

    def cpu_share(self, slots: int) -> float:
        """Return the share of one host's cores that `slots` tasks and Airflow itself take, by the profile."""
        return (self.host.reserve.cores + slots * self.demand.cores) / self.host.cores.value


def capacity(installation: Installation, host: TaskHost) -> Capacity:
    """Return how many tasks one `host` bears, with the arithmetic."""
    demand = slot_demand(installation, host)
    headroom = installation.profile.headroom
    memory = host.memory_bytes.value * (1 - headroom.memory.value) - host.reserve.memory_bytes
    cores = host.cores.value * (1 - headroom.cpu.value) - host.reserve.cores
    cpu_slots = max(0, math.floor(cores / demand.cores))
    memory_slots = _most_that_fit(demand, memory)
    return Capacity(
        host=host,
        demand=demand,
        cpu_slots=cpu_slots,
        memory_slots=memory_slots,
        evidence=(
            Evidence(
                f"memory of {host.label}", format_bytes(host.memory_bytes.value), host.memory_bytes.origin
            ),
            Evidence(f"cores of {host.label}", f"{host.cores.value:g}", host.cores.origin),
            *host.reserve.parts,
            Evidence("headroom of memory", format_share(headroom.memory.value), headroom.memory.origin),
            Evidence("headroom of cores", format_share(headroom.cpu.value), headroom.cpu.origin),
            *demand.evidence,
            _memory_evidence(host, demand, memory, memory_slots),
            Evidence(
                "CPU slots",
                str(cpu_slots),
                computed("(cores × (1 − headroom) − Airflow's own) / cores of a slot"),
                f"⌊({host.cores.value:g} × (1 − {headroom.cpu.value:g})"
                f" − {host.reserve.cores:.2f}) / {demand.cores:.2f}⌋",
            ),
        ),
    )


def _most_that_fit(demand: SlotDemand, memory: float) -> int:
    """Return the largest number of slots whose planned memory fits: found by doubling, then halving."""
    if demand.memory_bytes(1) > memory:
        return 0
    low, high = 1, 2
    while demand.memory_bytes(high) <= memory:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if demand.memory_bytes(middle) <= memory else (low, middle)
    return low


def _memory_evidence(host: TaskHost, demand: SlotDemand, memory: float, slots: int) -> Evidence:
    left, each = format_bytes(max(0.0, memory)), format_bytes(demand.each(slots))
    return Evidence(
        "memory slots",
        str(slots),
        computed("most slots whose planned memory fits beside Airflow's own"),
        f"{format_bytes(host.memory_bytes.value)} less headroom and"
        f" {format_bytes(host.reserve.memory_bytes)} = {left} for tasks of {each}",
    )
