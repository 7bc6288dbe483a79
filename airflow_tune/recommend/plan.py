"""The one solution that all proposals share: how many tasks the hosts bear, and who counts them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_tune.diagnose.capacity import Capacity, capacity
from airflow_tune.diagnose.taskhost import task_hosts
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Confidence, Evidence
from airflow_tune.installation.model import Installation
from airflow_tune.origins import OriginKind, computed
from airflow_tune.recommend.measured import measured_by
from airflow_tune.recommend.proven import proven

if TYPE_CHECKING:
    # It brings numpy along, which advice without a past does without.
    from airflow_tune.diagnose.past.lessons import Lessons

# Never more than a quarter of the slots in flight: what waits in the broker has lost its priority.
MOST_IN_FLIGHT_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Plan:
    """What the hosts bear, and the parallelism that fits it.

    `slots` are the tasks that all hosts together run at once; None where nobody described the
    hosts. `in_flight` are the task instances handed to a remote executor beyond the slots, so
    that a freed slot does not idle until the next scheduler loop. `lessons` are what the past
    taught, None where no history was read.
    """

    installation: Installation
    capacities: tuple[Capacity, ...]
    slots: int | None
    in_flight: int
    evidence: tuple[Evidence, ...]
    lessons: Lessons | None = None

    @property
    def schedulers(self) -> int:
        """Return the number of schedulers."""
        return self.installation.deployment.schedulers.count.value

    @property
    def parallelism(self) -> int | None:
        """Return the parallelism of each scheduler that keeps all slots busy."""
        if self.slots is None:
            return None
        return math.ceil((self.slots + self.in_flight) / self.schedulers)

    @property
    def handed_out(self) -> int | None:
        """Return the task instances that all schedulers together may have handed out."""
        return None if self.parallelism is None else self.parallelism * self.schedulers

    @property
    def running(self) -> int:
        """Return the tasks that run at once: as planned, or as the settings say where hosts are unknown."""
        if self.slots is not None:
            return self.slots
        each = self.installation.settings.integer("core", "parallelism") or 0
        return max(1, each) * self.schedulers

    @property
    def confidence(self) -> Confidence:
        """Return how far the slots can be trusted: a built-in profile only holds start values."""
        own = self.installation.profile.origin.kind in (OriginKind.FILE, OriginKind.MEASURED)
        return Confidence.MEDIUM if own else Confidence.LOW

    @property
    def _untried(self) -> bool:
        return any(one.proof is not None and not one.proof.fitted for one in self.capacities)

    @property
    def slot_confidence(self) -> Confidence:
        """Return how far the number of slots can be trusted: little where it is a step into the unknown."""
        return Confidence.LOW if self._untried else self.confidence

    @property
    def slot_basis(self) -> str:
        """Return what that rests on, where it is not what it usually is."""
        return (
            "rests on what ran at once; nothing tells yet how tasks slow each other" if self._untried else ""
        )

    @property
    def cores(self) -> float:
        """Return the cores of all hosts that run tasks."""
        return sum(one.host.count.value * one.host.cores.value for one in self.capacities)

    def of(self, kind: ExecutorKind) -> tuple[Capacity, ...]:
        """Return the capacities of the hosts of one executor."""
        return tuple(one for one in self.capacities if one.host.kind is kind)


def make_plan(installation: Installation, lessons: Lessons | None = None) -> Plan:
    """Work out what the hosts bear; with `lessons` of its past, by what they have borne already."""
    if lessons is not None:
        installation = measured_by(installation, lessons)
    capacities = tuple(capacity(installation, host) for host in task_hosts(installation))
    if lessons is not None and lessons.proof is not None:
        capacities = proven(capacities, lessons.proof)
    if not capacities or not _all_described(installation, capacities):
        return Plan(installation, capacities, None, 0, (), lessons)
    slots = sum(_fleet_slots(one) for one in capacities)
    remote = sum(one.fleet_slots for one in capacities if one.host.kind is ExecutorKind.CELERY)
    in_flight, evidence = _in_flight(installation, remote)
    parts = tuple(
        Evidence(
            f"slots of {one.host.label}",
            str(_fleet_slots(one)),
            computed("hosts × slots"),
            f"{one.host.count.value} × {one.slots}",
        )
        for one in capacities
    )
    return Plan(installation, capacities, slots, in_flight, parts + evidence, lessons)


def _fleet_slots(found: Capacity) -> int:
    return 1 if found.host.kind is ExecutorKind.SEQUENTIAL else found.fleet_slots


def _all_described(installation: Installation, capacities: tuple[Capacity, ...]) -> bool:
    """Return whether every executor has hosts: else the sum would leave some out."""
    return {executor.kind for executor in installation.executors} <= {one.host.kind for one in capacities}


def _in_flight(installation: Installation, slots: int) -> tuple[int, tuple[Evidence, ...]]:
    """Return the task instances needed beyond `slots` to bridge a scheduler loop.

    A slot idles from the end of a task until the next loop has seen it and sent another: one
    loop period per task, so slots × period / duration are missing on average.
    """
    if not slots:
        return 0, ()
    period = installation.footprint.scheduler_period_s
    duration = installation.profile.typical_duration_s()
    share = min(MOST_IN_FLIGHT_SHARE, period.value / duration)
    count = math.ceil(slots * share)
    formula = f"⌈{slots} × min({MOST_IN_FLIGHT_SHARE:g}, {period.value:g} s / {duration:.1f} s)⌉"
    return count, (
        Evidence("loop period of the scheduler", f"{period.value:g} s", period.origin),
        Evidence(
            "in flight beyond the slots", str(count), computed("slots × loop period / duration"), formula
        ),
    )
