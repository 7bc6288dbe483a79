"""What the metadata DB allows: its connections, and the pooler that stands before it."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind

# PostgreSQL's default of superuser_reserved_connections: these never serve Airflow.
RESERVED = Measured(3, Origin(OriginKind.DEFAULT, "superuser_reserved_connections of PostgreSQL"))


@dataclass(frozen=True, slots=True)
class Pooler:
    """A connection pooler before the database.

    `mode` is "transaction" or "session"; Airflow opens up to `max_client_connections` to the pooler,
    which opens up to `server_connections` to the database.
    """

    kind: str
    mode: str
    max_client_connections: Measured[int]
    server_connections: Measured[int]


@dataclass(frozen=True, slots=True)
class Database:
    """The metadata DB's limits; `max_connections` is None where nobody said it."""

    max_connections: Measured[int] | None = None
    reserved_connections: Measured[int] = RESERVED
    pooler: Pooler | None = None

    @property
    def usable_connections(self) -> int | None:
        """Return the connections that the server leaves to Airflow and its pooler; None if unknown."""
        if self.max_connections is None:
            return None
        return self.max_connections.value - self.reserved_connections.value
