"""The limits on how many task instances run at once, in rising order: what binds, and what next."""

from __future__ import annotations

from typing import NamedTuple

from airflow_tune.diagnose.taskhost import task_hosts
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import POOL_PREFIX
from airflow_tune.installation.model import DEFAULT_POOL, Installation

PARALLELISM = "parallelism"
WORKER_SLOTS = "worker_slots"


class Rung(NamedTuple):
    """One limit and the task instances that it lets run over the whole installation."""

    limit: str
    slots: int


def ladder(installation: Installation) -> tuple[Rung, ...]:
    """Return the installation-wide limits that are set, the lowest first."""
    rungs = [_parallelism(installation), _worker_slots(installation), _default_pool(installation)]
    return tuple(sorted((rung for rung in rungs if rung), key=lambda rung: rung.slots))


def binds_after(installation: Installation, limit: str) -> str:
    """Return in words which of the other limits binds first once `limit` does not."""
    others = [rung for rung in ladder(installation) if rung.limit != limit]
    if not others:
        return "cores and memory of the hosts"
    return f"{others[0].limit} at {others[0].slots}"


def _parallelism(installation: Installation) -> Rung | None:
    each = installation.settings.integer("core", "parallelism") or 0
    return Rung(PARALLELISM, each * installation.deployment.schedulers.count.value) if each > 0 else None


def _worker_slots(installation: Installation) -> Rung | None:
    hosts = [host for host in task_hosts(installation) if host.kind is ExecutorKind.CELERY]
    known = [host.configured_slots.value * host.count.value for host in hosts if host.configured_slots]
    return Rung(WORKER_SLOTS, sum(known)) if known else None


def _default_pool(installation: Installation) -> Rung | None:
    slots = installation.default_pool.value
    return Rung(f"{POOL_PREFIX}{DEFAULT_POOL}", slots) if slots >= 0 else None
