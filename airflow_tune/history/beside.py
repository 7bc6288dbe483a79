"""A second connection to PostgreSQL, with the same snapshot: a large table is read by halves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

# From PostgreSQL 14 on, rows between two places of a table are found without going through all of it.
_FACTS = """
    SELECT current_setting('server_version_num')::int >= 140000 AS finds_places,
        pg_is_in_recovery() AS is_replica,
        current_setting('transaction_isolation') AS isolation,
        current_setting('block_size')::int AS page_bytes,
        pg_relation_size(to_regclass(:table)) AS bytes
"""
_TIMEOUTS = ("statement_timeout", "lock_timeout")
_SNAPSHOT = re.compile(r"[0-9A-F-]+")


def pages_to_part(connection: Connection, table: str, fewest: int) -> int:
    """Return how many pages `table` has; 0 where they are fewer than `fewest`, or not to be read by parts."""
    facts = connection.execute(text(_FACTS), {"table": table}).one()
    can = facts.finds_places and not facts.is_replica and facts.isolation == "repeatable read"
    pages = int(facts.bytes or 0) // int(facts.page_bytes)
    return pages if can and pages >= fewest else 0


@contextmanager
def beside(connection: Connection) -> Iterator[Connection | None]:
    """Give a connection of its own in a read-only transaction that sees what `connection` sees.

    None where the server has none to spare, or a pooler leads elsewhere: that is no reason to stop.
    """
    try:
        other = connection.engine.connect()
    except SQLAlchemyError:
        yield None
        return
    with other:
        yield other if _joined(connection, other) else None


def _joined(connection: Connection, other: Connection) -> bool:
    """Let the transaction of `other` see what that of `connection` sees; return whether it does."""
    snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar())
    if not _SNAPSHOT.fullmatch(snapshot):
        return False
    limits = {
        one: connection.execute(text("SELECT current_setting(:one)"), {"one": one}).scalar()
        for one in _TIMEOUTS
    }
    try:
        other.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        other.execute(text(f"SET TRANSACTION SNAPSHOT '{snapshot}'"))
        for name, limit in limits.items():
            other.execute(text("SELECT set_config(:name, :limit, true)"), {"name": name, "limit": limit})
    except SQLAlchemyError:
        return False
    return True
