"""What a search may not exceed: the hosts' memory and cores, the DB's connections, the knee of contention."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from airflow_tune.diagnose.capacity import Capacity
from airflow_tune.diagnose.connections import PER_TASK, consumers, engine_connections, server_budget
from airflow_tune.diagnose.past.contention import Contention, measure_contention
from airflow_tune.installation.model import Installation
from airflow_tune.recommend.plan import make_plan
from airflow_tune.simulate.change import POOL
from airflow_tune.simulate.situation import Situation
from airflow_tune.units import format_bytes, format_share

SLOTS = "slots"
"""All slots of all executors together."""
_HOST = "host:"


class Bound(NamedTuple):
    """At most `most` of `of` (all slots, or a pool's), by `what`, for the `reason`."""

    what: str
    of: str
    most: int
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.what}: at most {self.most} {'slots' if self.of == SLOTS else self.of}, as {self.reason}"
        )


def bounds(installation: Installation, situation: Situation) -> tuple[Bound, ...]:
    """Return what bounds a search; nothing is known of hosts and servers that nobody described."""
    return (
        *_of_hosts(installation),
        *_of_connections(installation),
        *_of_contention(situation),
    )


def _of_hosts(installation: Installation) -> Iterator[Bound]:
    plan = make_plan(installation)
    if plan.slots is None:
        return
    hosts = plan.capacities
    memory = sum(max(one.memory_slots, 1) * one.host.count.value for one in hosts)
    yield Bound("memory", SLOTS, memory, f"{_named(hosts)} has {_memory(hosts)}")
    # Cores of a host that only happens to be here say nothing of the one that the history is of.
    if not installation.deployment.assumed:
        cores = sum(max(one.cpu_slots, 1) * one.host.count.value for one in hosts)
        yield Bound("CPU", SLOTS, cores, f"{_named(hosts)} has {plan.cores:g} cores in all")


def _named(hosts: tuple[Capacity, ...]) -> str:
    return ", ".join(one.host.label for one in hosts)


def _memory(hosts: tuple[Capacity, ...]) -> str:
    return ", ".join(format_bytes(one.host.memory_bytes.value) for one in hosts)


def _of_connections(installation: Installation) -> Iterator[Bound]:
    """Yield how many task instances of 2.x the metadata DB bears; those of 3.x do not connect to it."""
    budget = server_budget(installation)
    if budget is None or installation.uses_sqlite or not installation.version.tasks_use_database:
        return
    users = consumers(installation, engine_connections(installation) or 1, 1)
    (each,) = (one.each for one in users if one.name == PER_TASK)
    taken = sum(one.total for one in users if one.pooled)
    headroom = installation.profile.headroom.connections.value
    granted = math.floor(budget.value * (1 - headroom))
    yield Bound(
        "connections",
        SLOTS,
        max((granted - taken) // each, 1),
        f"{budget.value} connections ({budget.origin}) less {format_share(headroom)} and {taken} of"
        f" Airflow's own leave {each} for each",
    )


def _of_contention(situation: Situation) -> Iterator[Bound]:
    """Yield from how many at a time on throughput falls, where the past shows that with 95 % confidence."""
    for one in measure_contention(situation.history):
        if not math.isfinite(one.best) or one.slowed_s <= 0:
            continue
        if one.where.startswith(POOL):
            yield Bound("contention", one.where, _knee(one), _law(one))
        elif one.where.startswith(_HOST):
            hosts = max(len(situation.history.hosts), 1)
            yield Bound(
                "contention", SLOTS, _knee(one) * hosts, f"on {one.where.removeprefix(_HOST)} {_law(one)}"
            )


def _knee(fit: Contention) -> int:
    return max(math.floor(fit.best), 1)


def _law(fit: Contention) -> str:
    return f"throughput falls beyond {fit.best:.0f} at a time (κ = {fit.kappa:.2g}, {fit.tries} tries)"
