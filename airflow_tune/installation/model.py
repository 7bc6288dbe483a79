"""What the judges get: one value that holds everything read of an installation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from airflow_tune.deployment.component import Component
from airflow_tune.deployment.model import Deployment
from airflow_tune.executors import Executor, ExecutorKind
from airflow_tune.footprints import Footprint
from airflow_tune.host.model import Host
from airflow_tune.installation.benched_database import BenchedDatabase
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, computed
from airflow_tune.profiles.model import Profile
from airflow_tune.settings.catalog import Name
from airflow_tune.settings.settings import Settings
from airflow_tune.versions import AirflowVersion

DEFAULT_POOL = "default_pool"


@dataclass(frozen=True, slots=True)
class Installation:
    """Version, settings, machines, workload profile and pools of one Airflow installation.

    `pools` maps pool names to slots (-1 for infinite) and is empty when no metadata DB was read;
    `default_pool` then holds what Airflow would have created. `dag_files` is None where nobody
    counted them, `parse_s_per_file` is the profile's where nobody measured it, `benched_database`
    None where no bench of a database of its kind was given. `notes` say what is missing.
    """

    version: AirflowVersion
    version_origin: Origin
    settings: Settings
    executors: tuple[Executor, ...]
    host: Host
    deployment: Deployment
    profile: Profile
    footprint: Footprint
    default_pool: Measured[int]
    pools: Mapping[str, Measured[int]]
    dag_files: Measured[int] | None
    parse_s_per_file: Measured[float]
    benched_database: BenchedDatabase | None = None
    notes: tuple[str, ...] = ()

    def runs(self, kind: ExecutorKind) -> bool:
        """Return whether one of the executors is of `kind`."""
        return any(executor.kind is kind for executor in self.executors)

    @property
    def uses_sqlite(self) -> bool:
        """Return whether the metadata DB is SQLite, which forbids parallel executors in 2.x."""
        return (self.settings.text("database", "sql_alchemy_conn") or "").startswith("sqlite")

    @property
    def parses_on(self) -> Component:
        """Return the component that parses DAG files: the DAG processor, or in 2.x the scheduler."""
        return self.deployment.dag_processors or self.deployment.schedulers

    @property
    def api_workers(self) -> int:
        """Return the worker processes of each API server (webserver in 2.x)."""
        servers = self.deployment.api_servers
        if servers is not None and servers.workers is not None:
            return servers.workers.value
        return self.settings.integer(*self.version.api_workers_option) or 1

    def proposed(
        self, changes: Mapping[Name, str], default_pool: Measured[int], concurrency: Mapping[str, int]
    ) -> Installation:
        """Return the installation as it would be.

        `changes` go into its settings, `concurrency` to its worker groups by their names.
        """
        groups = tuple(
            replace(group, concurrency=Measured(concurrency[group.name], computed("proposed")))
            if group.name in concurrency
            else group
            for group in self.deployment.workers
        )
        return replace(
            self,
            settings=self.settings.replaced(changes),
            default_pool=default_pool,
            deployment=replace(self.deployment, workers=groups),
        )
