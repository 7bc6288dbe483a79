"""What Airflow's own processes take of a host before the first task runs there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from airflow_tune.deployment.component import WorkerGroup
from airflow_tune.diagnose.db_wait import scheduler_db_wait
from airflow_tune.findings import Evidence
from airflow_tune.installation.model import Installation
from airflow_tune.origins import Origin
from airflow_tune.units import format_bytes


class Reserve(NamedTuple):
    """Cores and bytes taken by Airflow's own processes on one host, part by part."""

    cores: float
    memory_bytes: int
    parts: tuple[Evidence, ...]

    @classmethod
    def none(cls) -> Reserve:
        """Return the reserve of a host that runs nothing but tasks."""
        return cls(0.0, 0, ())


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    count: int
    memory_bytes: float
    origin: Origin
    cores: float = 0.0

    @property
    def evidence(self) -> Evidence:
        times = f"{self.count} × {format_bytes(self.memory_bytes)}" if self.count > 1 else ""
        return Evidence(self.name, format_bytes(self.count * self.memory_bytes), self.origin, times)


def _reserve(parts: list[_Part]) -> Reserve:
    return Reserve(
        cores=sum(part.count * part.cores for part in parts),
        memory_bytes=int(sum(part.count * part.memory_bytes for part in parts)),
        parts=tuple(part.evidence for part in parts if part.count),
    )


def scheduler_busy_share(installation: Installation, idle_sleep_s: float) -> float:
    """Return the share of a core that an idle scheduler loop takes: CPU / (CPU + wait for the DB + sleep)."""
    body, wait = installation.footprint.scheduler_loop_s.value, scheduler_db_wait(installation)
    return body / (body + (wait.value if wait else 0.0) + idle_sleep_s)


def scheduler_host_reserve(installation: Installation) -> Reserve:
    """Return what runs beside the tasks of LocalExecutor: the scheduler, and what shares its host."""
    return _reserve([*_scheduler_parts(installation), *_companions(installation)])


def celery_reserve(installation: Installation, group: WorkerGroup) -> Reserve:
    """Return what runs beside the tasks of a Celery worker: on a shared host, all of Airflow."""
    parent = installation.footprint.celery_worker_bytes
    parts = [_Part("Celery worker's main process", 1, parent.value, parent.origin)]
    if group.shares_host:
        parts += [*_scheduler_parts(installation), *_companions(installation)]
    return _reserve(parts)


def _scheduler_parts(installation: Installation) -> list[_Part]:
    memory = installation.footprint.scheduler_bytes
    sleep = installation.settings.number("scheduler", "scheduler_idle_sleep_time")
    busy = scheduler_busy_share(installation, 1.0 if sleep is None else sleep)
    return [_Part("scheduler", 1, memory.value, memory.origin, cores=busy)]


def _companions(installation: Installation) -> list[_Part]:
    """Return the parts of every other component that runs on the scheduler's host."""
    deployment, footprint = installation.deployment, installation.footprint
    # Without a DAG processor of its own, the scheduler's host parses.
    parses = installation.parses_on
    parsing = installation.settings.integer(installation.version.parsing_section, "parsing_processes") or 1
    shared = [
        (deployment.dag_processors, "DAG processor", 1, footprint.dag_processor_bytes),
        (parses, "DAG parsing processes", parsing, footprint.parsing_process_bytes),
        (deployment.triggerers, "triggerer", 1, footprint.triggerer_bytes),
        (deployment.api_servers, "API server", 1, footprint.api_server_bytes),
        (
            deployment.api_servers,
            "API server's workers",
            installation.api_workers,
            footprint.api_worker_bytes,
        ),
    ]
    return [
        _Part(name, each * component.count.value, memory.value, memory.origin)
        for component, name, each, memory in shared
        if component is not None and component.shares_host
    ]
