"""How many connections a database server has, and how many of them are in use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

from airflow_tune.metadata.model import ServerConnections

# Statistics that every user may read: pg_stat_activity hides what others do. `reserved_connections`
# came with PostgreSQL 16; a limit of -1 means none.
_POSTGRES = """
SELECT current_setting('max_connections')::int AS most,
       current_setting('superuser_reserved_connections')::int
         + coalesce(current_setting('reserved_connections', true), '0')::int AS reserved,
       (SELECT min(bound) FROM (
          SELECT rolconnlimit AS bound FROM pg_roles WHERE rolname = current_user AND rolconnlimit >= 0
          UNION ALL
          SELECT datconnlimit FROM pg_database WHERE datname = current_database() AND datconnlimit >= 0
        ) AS bounds) AS granted,
       (SELECT sum(numbackends) FROM pg_stat_database) AS used
"""


def read_connections(connection: Connection) -> ServerConnections | None:
    """Return the server's connections, None for SQLite."""
    if connection.dialect.name == "postgresql":
        return _postgres(connection)
    if connection.dialect.name == "mysql":
        return _mysql(connection)
    return None


def _postgres(connection: Connection) -> ServerConnections:

    row: Any = connection.execute(text(_POSTGRES)).one()
    granted = None if row.granted is None else int(row.granted)
    return ServerConnections(int(row.most), int(row.reserved), granted, int(row.used))


def _mysql(connection: Connection) -> ServerConnections:
    """Return MySQL's: the one connection kept for administrators comes on top of its maximum."""
    most, per_user = connection.execute(
        text("SELECT @@GLOBAL.max_connections, @@SESSION.max_user_connections")
    ).one()
    used = connection.execute(text("SHOW GLOBAL STATUS LIKE 'Threads_connected'")).one()[1]
    return ServerConnections(int(most), 0, int(per_user) or None, int(used))
