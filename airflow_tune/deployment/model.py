"""A whole deployment: components, worker groups, database, and the host that some of them share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from airflow_tune.deployment.component import Component, Size, WorkerGroup
from airflow_tune.deployment.database import Database
from airflow_tune.errors import UsageError
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where Airflow runs. A component that the deployment does not have is None.

    `api_servers` are the webservers in Airflow 2.x. `dag_processors` is None where the scheduler
    parses. `workers` is empty where tasks run beside the scheduler (LocalExecutor). `host` is the one
    machine that everything with `shares_host` runs on. `assumed` says that nobody described this.
    """

    schedulers: Component
    dag_processors: Component | None
    triggerers: Component | None
    api_servers: Component | None
    workers: tuple[WorkerGroup, ...]
    database: Database
    origin: Origin
    host: Size | None = None
    assumed: bool = False

    @property
    def worker_total(self) -> int:
        """Return the workers (Kubernetes: nodes) of all groups together."""
        return sum(group.count.value for group in self.workers)

    @property
    def cores_total(self) -> float:
        """Return the cores of everything; the shared host counts once."""
        shared = self.host.cores.value if self.host else 0.0
        return shared + sum(each.count.value * each.cores.value for each in self._alone())

    @property
    def memory_total_bytes(self) -> int:
        """Return the bytes of memory of everything; the shared host counts once."""
        shared = self.host.memory_bytes.value if self.host else 0
        return shared + sum(each.count.value * each.memory_bytes.value for each in self._alone())

    def with_workers(self, count: int) -> Deployment:
        """Return this deployment with `count` workers in its only group, as the flag --workers says.

        Raises UsageError for a count below 1, and where there is no group or more than one.
        """
        if count < 1:
            raise UsageError(f"{count} is no number of workers", where="--workers", remedy="give 1 or more")
        if len(self.workers) != 1:
            names = ", ".join(group.name for group in self.workers)
            raise UsageError(
                f"the deployment has {len(self.workers)} groups of workers{names and f': {names}'}",
                where="--workers",
                remedy=f"set `count` of each group in {self.origin} and leave the flag out",
            )
        counted = replace(self.workers[0], count=Measured(count, Origin(OriginKind.FLAG, "--workers")))
        return replace(self, workers=(counted,))

    def _alone(self) -> Iterator[Component | WorkerGroup]:
        """Yield what has cores and memory to itself."""
        components = (self.schedulers, self.dag_processors, self.triggerers, self.api_servers)
        for each in (*components, *self.workers):
            if each is not None and not each.shares_host:
                yield each
