"""The hosts that run tasks: which executor uses them and how many slots the settings give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from airflow_tune.deployment.component import Component, Size, WorkerGroup
from airflow_tune.diagnose.reserve import Reserve, celery_reserve, scheduler_host_reserve
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.model import Installation
from airflow_tune.measured import Measured


@dataclass(frozen=True, slots=True)
class TaskHost:
    """A kind of host on which tasks run: `count` hosts of `cores` and `memory_bytes` each.

    `name` is the worker group's, empty for the scheduler's host; `label` is how reports call it.
    `configured_slots` is how many task instances the settings let run on one such host, None
    where nothing but the parallelism bounds them (Kubernetes, unlimited parallelism).
    """

    name: str
    label: str
    kind: ExecutorKind
    count: Measured[int]
    cores: Measured[float]
    memory_bytes: Measured[int]
    reserve: Reserve
    configured_slots: Measured[int] | None = None
    pod: Size | None = None


def task_hosts(installation: Installation) -> tuple[TaskHost, ...]:
    """Return the hosts that run tasks, those of the default executor first.

    Empty for executors whose hosts nobody described: Kubernetes without a deployment file, and
    executors the tool does not know.
    """
    found: list[TaskHost] = []
    for executor in installation.executors:
        if executor.kind in (ExecutorKind.LOCAL, ExecutorKind.SEQUENTIAL):
            found.append(_scheduler_host(installation, executor.kind))
        elif executor.kind in (ExecutorKind.CELERY, ExecutorKind.KUBERNETES):
            found.extend(_worker_hosts(installation, executor.kind))
    return tuple(dict.fromkeys(found))


def celery_slots(installation: Installation) -> Measured[int]:
    """Return the pool processes of one Celery worker: autoscale's maximum, else the concurrency.

    Celery ignores the concurrency when `--autoscale` is passed (provider `celery_command.py`).
    """
    autoscale = installation.settings.get("celery", "worker_autoscale")
    if autoscale.value:
        most = max(int(part) for part in autoscale.value.split(","))
        return Measured(most, autoscale.origin)
    concurrency = installation.settings.get("celery", "worker_concurrency")
    return Measured(installation.settings.integer("celery", "worker_concurrency") or 1, concurrency.origin)


def _scheduler_host(installation: Installation, kind: ExecutorKind) -> TaskHost:
    schedulers: Component = installation.deployment.schedulers
    parallelism = installation.settings.integer("core", "parallelism") or 0
    slots = 1 if kind is ExecutorKind.SEQUENTIAL else parallelism
    origin = installation.settings.get("core", "parallelism").origin
    return TaskHost(
        name="",
        label="the scheduler's host",
        kind=kind,
        count=schedulers.count,
        cores=schedulers.cores,
        memory_bytes=schedulers.memory_bytes,
        reserve=scheduler_host_reserve(installation),
        configured_slots=Measured(slots, origin) if slots > 0 else None,
    )


def _worker_hosts(installation: Installation, kind: ExecutorKind) -> Iterator[TaskHost]:
    for group in installation.deployment.workers:
        if group_kind(installation, group) is not kind:
            continue
        celery = kind is ExecutorKind.CELERY
        yield TaskHost(
            name=group.name,
            label=f'{"worker" if celery else "node"} "{group.name}"',
            kind=kind,
            count=group.count,
            cores=group.cores,
            memory_bytes=group.memory_bytes,
            reserve=celery_reserve(installation, group) if celery else Reserve.none(),
            configured_slots=(group.concurrency or celery_slots(installation)) if celery else None,
            pod=group.pod,
        )


def group_kind(installation: Installation, group: WorkerGroup) -> ExecutorKind:
    """Return the executor that a worker group serves: as said, else by its shape, else the only one."""
    if group.executor:
        named = (
            one.kind for one in installation.executors if group.executor in (one.alias, one.name, one.kind)
        )
        return next(named, ExecutorKind.OTHER)
    kubernetes = installation.runs(ExecutorKind.KUBERNETES)
    if group.pod or not installation.runs(ExecutorKind.CELERY):
        # A group taken from the local host says nothing of a cluster's nodes.
        described = not installation.deployment.assumed
        return ExecutorKind.KUBERNETES if kubernetes and described else ExecutorKind.OTHER
    return ExecutorKind.CELERY
