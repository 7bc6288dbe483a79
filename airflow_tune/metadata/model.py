"""What sizing needs to know of a metadata DB, as it says itself or an API server says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from airflow_tune.origins import Origin
from airflow_tune.versions import AirflowVersion


@dataclass(frozen=True, slots=True)
class Pool:
    """One row of `slot_pool`; `slots` is -1 for a pool without bound."""

    name: str
    slots: int
    include_deferred: bool


class XComSize(NamedTuple):
    """The values that one task pushed: how many, and the bytes of the largest and of the mean one."""

    values: int
    largest_bytes: int
    mean_bytes: float


@dataclass(frozen=True, slots=True)
class ServerConnections:
    """The connections of a database server, of all its databases together.

    `most` is the server's own limit, `reserved` what only its superusers get of them, `granted` what
    this user and database may have (None where not limited), and `used` how many were open when it
    was read, the reading one included.
    """

    most: int
    reserved: int
    granted: int | None
    used: int

    @property
    def usable(self) -> int:
        """Return how many connections Airflow could have if it were alone on the server."""
        free = self.most - self.reserved
        return free if self.granted is None else min(free, self.granted)


@dataclass(frozen=True, slots=True)
class MetadataFacts:
    """The facts of one metadata DB.

    `dialect` is sqlite, postgresql, mysql or mariadb, and empty where an API server does not tell;
    `revision` is the migration that Airflow's schema is at, `version` what an API server says to be. DAGs
    and their files are counted where active; `parse_s_per_file` is the mean duration of parsing one
    (Airflow 3.1 and later keep it). `connections` is None for SQLite, which has none to run out of, and
    where they are not told.
    """

    origin: Origin
    dialect: str
    revision: str | None
    pools: tuple[Pool, ...]
    dag_count: int
    unpaused_dag_count: int
    dag_files: int | None
    parse_s_per_file: float | None
    connections: ServerConnections | None
    version: AirflowVersion | None = None

    @property
    def max_connections(self) -> int | None:
        """Return the connections that the server lets Airflow have at most, None for SQLite."""
        return self.connections.usable if self.connections else None

    @property
    def connections_used(self) -> int | None:
        """Return the connections open on the server when it was read, None for SQLite."""
        return self.connections.used if self.connections else None
