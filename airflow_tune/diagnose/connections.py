"""How many metadata DB connections the processes of an installation may open at once."""

from __future__ import annotations

from typing import NamedTuple

from airflow_tune.deployment.component import Component
from airflow_tune.installation.model import Installation
from airflow_tune.measured import Measured

# A 2.x task runs in two processes (LocalTaskJob and the raw task), each opening one connection
# at a time through NullPool: 2.11 `cli/commands/task_command.py`.
CONNECTIONS_OF_A_2X_TASK = 2
PER_TASK = "running tasks"


class Consumer(NamedTuple):
    """Processes of one kind: `processes` of them, each holding up to `each` connections."""

    name: str
    processes: int
    each: int

    @property
    def total(self) -> int:
        """Return the connections that all processes of this kind may hold."""
        return self.processes * self.each

    @property
    def pooled(self) -> bool:
        """Return whether the pool settings bound it (running tasks of 2.x use no pool)."""
        return self.name != PER_TASK


def engine_connections(installation: Installation) -> int | None:
    """Return the most connections of one SQLAlchemy engine: pool size plus overflow.

    None where a setting makes it unlimited (size 0, overflow -1) or there is no pool at all.
    """
    settings = installation.settings
    size = settings.integer("database", "sql_alchemy_pool_size")
    overflow = settings.integer("database", "sql_alchemy_max_overflow")
    pooled = settings.boolean("database", "sql_alchemy_pool_enabled")
    if pooled is False or size is None or overflow is None or size <= 0 or overflow < 0:
        return None
    return size + overflow


def consumers(installation: Installation, engine: int, task_slots: int) -> tuple[Consumer, ...]:
    """Return who may hold connections when an engine holds `engine` and `task_slots` tasks run."""
    deployment, version = installation.deployment, installation.version
    per_server = engine * (2 if version.opens_async_engine else 1)
    servers = deployment.api_servers.count.value * installation.api_workers if deployment.api_servers else 0
    found = [
        Consumer("schedulers", deployment.schedulers.count.value, engine),
        Consumer("DAG processors", _count(deployment.dag_processors), engine),
        Consumer("triggerers", _count(deployment.triggerers), engine),
        Consumer("API server workers", servers, per_server),
        Consumer(PER_TASK, task_slots if version.tasks_use_database else 0, CONNECTIONS_OF_A_2X_TASK),
    ]
    return tuple(one for one in found if one.processes)


def _count(component: Component | None) -> int:
    return component.count.value if component else 0


def server_budget(installation: Installation) -> Measured[int] | None:
    """Return the client connections that the server or its pooler grants to Airflow, None if unknown.

    PostgreSQL keeps `superuser_reserved_connections` back; a pooler's client limit stands in
    front of the server's.
    """
    database = installation.deployment.database
    if database.pooler is not None:
        return database.pooler.max_client_connections
    if database.max_connections is None:
        return None
    return Measured(max(0, database.usable_connections or 0), database.max_connections.origin)
