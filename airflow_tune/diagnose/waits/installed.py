"""The machinery of an installation, as its settings, its deployment or a snapshot tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_tune.diagnose.slottail import heartbeat_s
from airflow_tune.diagnose.taskhost import task_hosts
from airflow_tune.diagnose.waits.machinery import HEARTBEAT_S, Machinery
from airflow_tune.errors import SourceError
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.model import Installation
from airflow_tune.installation.past import Past
from airflow_tune.versions import AirflowVersion


def machinery_of(installation: Installation, past: Past) -> Machinery:
    """Return what ran `past`: as its snapshot keeps it, else as `installation` is set now.

    Raises SourceError where the snapshot keeps something else in its place.
    """
    version = past.history.version
    if past.machinery:
        return _kept(past, version)
    executor = installation.executors[0].kind
    parallelism = installation.settings.integer("core", "parallelism") or 0
    return Machinery(
        version,
        executor,
        # SequentialExecutor runs one task instance at a time, whatever is set.
        1 if executor is ExecutorKind.SEQUENTIAL else max(parallelism, 0),
        installation.deployment.schedulers.count.value,
        _worker_slots(installation),
        heartbeat_s(installation.settings),
    )


def _worker_slots(installation: Installation) -> int | None:
    """Return workers × concurrency of Celery; None where they are not counted or others run tasks too."""
    if installation.deployment.assumed:
        return None
    if any(executor.kind is not ExecutorKind.CELERY for executor in installation.executors):
        return None
    hosts = task_hosts(installation)
    slots = [host.count.value * host.configured_slots.value for host in hosts if host.configured_slots]
    return sum(slots) or None


def machinery_json(machinery: Machinery) -> dict[str, object]:
    """Return what a snapshot keeps of `machinery`; the version stands in its history."""
    return {
        "executor": machinery.executor.value,
        "parallelism": machinery.parallelism,
        "schedulers": machinery.schedulers,
        "worker_slots": machinery.worker_slots,
        "heartbeat_s": machinery.heartbeat_s,
    }


def _kept(past: Past, version: AirflowVersion) -> Machinery:
    kept: Mapping[str, Any] = past.machinery
    try:
        slots = kept["worker_slots"]
        return Machinery(
            version,
            ExecutorKind(kept["executor"]),
            int(kept["parallelism"]),
            int(kept["schedulers"]),
            None if slots is None else int(slots),
            # Snapshots of earlier versions do not say it.
            float(kept.get("heartbeat_s", HEARTBEAT_S)),
        )
    except (KeyError, TypeError, ValueError):
        raise SourceError(
            "this snapshot does not say which executor ran it",
            where=past.source,
            remedy="write it again with `airflow-tune snapshot FILE`",
        ) from None
