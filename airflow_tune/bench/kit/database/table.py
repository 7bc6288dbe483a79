"""A table of one's own in a shared database, which is removed even when its run was killed.

While a run uses its table it holds a lock of the server by the table's name. The server lets go of that
lock when the connection is gone, however it went. So a table of ours whose lock is free belongs to no one,
and who comes next drops it, whichever host the dead run was on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PREFIX = "airflow_tune_bench_"
# Statements by dialect; the lock of MySQL is by name, that of PostgreSQL by two numbers.
_FIND = {
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE %s",
    "mysql": "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
    " AND table_name LIKE %s",
}
_LOCK = {
    "postgresql": "SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))",
    "mysql": "SELECT get_lock(concat(%s, %s), 0)",
}
_UNLOCK = {
    "postgresql": "SELECT pg_advisory_unlock(hashtext(%s), hashtext(%s))",
    "mysql": "SELECT release_lock(concat(%s, %s))",
}


@contextmanager
def own_table(connection: Any, dialect: str, columns: str) -> Iterator[str]:  # noqa: ANN401 - the DB API's
    """Give the name of a new, empty table with `columns`, and drop it in the end; drops left ones before."""
    remove_left(connection, dialect)
    name = f"{PREFIX}{secrets.token_hex(6)}"
    _ask(connection, _LOCK[dialect], name)
    _run(connection, f"CREATE TABLE {name} {columns}")
    try:
        yield name
    finally:
        connection.rollback()
        _run(connection, f"DROP TABLE {name}")
        _ask(connection, _UNLOCK[dialect], name)


def remove_left(connection: Any, dialect: str) -> tuple[str, ...]:  # noqa: ANN401 - the DB API's
    """Drop the tables of runs that are no more; return their names."""
    cursor = connection.cursor()
    cursor.execute(_FIND[dialect], (PREFIX.replace("_", r"\_") + "%",))
    names = [str(row[0]) for row in cursor.fetchall()]
    cursor.close()
    return tuple(name for name in names if _removed(connection, dialect, name))


def _removed(connection: Any, dialect: str, name: str) -> bool:  # noqa: ANN401
    """Drop the table if no living run holds its lock."""
    if not _ask(connection, _LOCK[dialect], name):
        return False
    _run(connection, f"DROP TABLE IF EXISTS {name}")
    _ask(connection, _UNLOCK[dialect], name)
    return True


def _ask(connection: Any, statement: str, name: str) -> bool:  # noqa: ANN401
    cursor = connection.cursor()
    cursor.execute(statement, (PREFIX, name))
    answer = cursor.fetchone()
    cursor.close()
    connection.commit()
    return bool(answer and answer[0])


def _run(connection: Any, statement: str) -> None:  # noqa: ANN401
    cursor = connection.cursor()
    cursor.execute(statement)
    cursor.close()
    connection.commit()
