"""What a scenario asks of the hosts: memory and cores beyond what they have are a risk."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.diagnose.capacity import Capacity, capacity
from airflow_tune.diagnose.taskhost import task_hosts
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.model import Installation
from airflow_tune.simulate.outcome import Outcome, Sharing
from airflow_tune.simulate.situation import Situation
from airflow_tune.units import format_bytes, format_duration, format_share

TOLD_SHARE = 0.01
"""Work that takes a hundredth longer is no risk."""


def risks(installation: Installation, situation: Situation, outcome: Outcome) -> Iterator[str]:
    """Yield where the most task instances that ran at once need more than their host has.

    What a task needs is the profile's. Nothing is known of hosts that nobody described.
    """
    kinds = {executor.kind for executor in situation.system.executors}
    for host in task_hosts(installation):
        if host.kind in kinds:
            yield from _of_host(capacity(installation, host), situation, outcome)


def _of_host(found: Capacity, situation: Situation, outcome: Outcome) -> Iterator[str]:
    each, label = _on_each(found, situation, outcome), found.host.label
    memory, cores = found.memory_share(each), found.cpu_share(each)
    if outcome.sharing is not None:
        taken = outcome.sharing.peak_bytes + found.host.reserve.memory_bytes
        memory = taken / found.host.memory_bytes.value
    if memory > 1:
        need = format_bytes(memory * found.host.memory_bytes.value)
        yield (
            f"up to {each} task instances at once on {label} need {need} of its"
            f" {format_bytes(found.host.memory_bytes.value)} of memory, by the profile"
        )
    if outcome.sharing is not None:
        yield from _short(outcome.sharing, found)
    elif cores > 1:
        yield (
            f"up to {each} task instances at once on {label} need {format_share(cores)} of its"
            f" {found.host.cores.value:g} cores, by the profile: they will run longer than played here"
            " (--contention plays that)"
        )


def _short(sharing: Sharing, found: Capacity) -> Iterator[str]:
    if sharing.longer_share >= TOLD_SHARE:
        short, longer = format_duration(sharing.short_s), format_share(sharing.longer_share)
        yield (
            f"for {short} work wants more than the {found.host.cores.value:g} cores of {found.host.label},"
            f" by the profile: all work takes {longer} longer, as played here"
        )


def _on_each(found: Capacity, situation: Situation, outcome: Outcome) -> int:
    """Return how many of the task instances that run at once run on one such host."""
    if found.host.kind is not ExecutorKind.CELERY:
        return math.ceil(outcome.peak_running / max(found.host.count.value, 1))
    groups = [group for one in situation.system.executors for group in one.workers]
    hosts = max(sum(group.count for group in groups), 1)
    most = max((group.concurrency for group in groups), default=1)
    return min(math.ceil(outcome.peak_running / hosts), most)
