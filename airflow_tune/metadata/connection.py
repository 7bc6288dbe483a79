"""One read-only connection to the metadata DB, which no query of ours can hold up for long."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from airflow_tune.errors import SourceError
from airflow_tune.metadata.address import parse_address, shown
from airflow_tune.metadata.trouble import refusal

CONNECT_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 15

# SQLite asks every so many steps of its virtual machine whether to go on: some ms of work.
_STEPS = 10_000


@contextmanager
def open_metadata(url: str, *, statement_timeout_s: float = STATEMENT_TIMEOUT_S) -> Iterator[Connection]:
    """Give a connection in a read-only transaction, which is rolled back in the end.

    Raises SourceError, without the password, when the database cannot be reached, refuses, or a query
    run on the connection fails or takes longer than `statement_timeout_s`.
    """
    address = parse_address(url)
    engine = _engine(address, statement_timeout_s)
    try:
        with _connect(engine, address) as connection:
            _restrain(connection, statement_timeout_s)
            yield connection
    except SQLAlchemyError as error:
        raise refusal(error, address, "the metadata DB could not be read") from None
    finally:
        engine.dispose()


def _connect(engine: Engine, address: URL) -> Connection:
    """Connect; drivers raise more than SQLAlchemy's errors for bad options, hosts and protocols."""
    try:
        return engine.connect()
    except (SQLAlchemyError, OSError, RuntimeError, TypeError, ValueError, sqlite3.Error) as error:
        raise refusal(error, address, "the metadata DB could not be reached") from None


def _engine(address: URL, statement_timeout_s: float) -> Engine:

    if address.get_backend_name() == "sqlite":
        return create_engine(
            "sqlite://", creator=lambda: _open_sqlite(address, statement_timeout_s), poolclass=NullPool
        )
    return create_engine(
        address, poolclass=NullPool, connect_args=_connect_args(address, statement_timeout_s)
    )


def _connect_args(address: URL, statement_timeout_s: float) -> dict[str, Any]:
    args = driver_args(address)
    if address.get_backend_name() == "mysql" and "read_timeout" not in address.query:
        # MySQL's drivers bound the connecting only: a server that accepts and is silent would hold them.
        args["read_timeout"] = math.ceil(statement_timeout_s) + CONNECT_TIMEOUT_S
    return args


def driver_args(address: URL) -> dict[str, Any]:
    """Return what the driver of a server's `address` has to be told to connect, and not to wait long."""
    args: dict[str, Any] = {}
    if "connect_timeout" not in address.query:
        args["connect_timeout"] = CONNECT_TIMEOUT_S
    if address.get_driver_name() == "psycopg":
        # PgBouncer hands a transaction to any server, where no prepared statement would be known.
        args["prepare_threshold"] = None
    if address.get_driver_name() == "pymysql" and address.password:
        # PyMySQL would encode text as Latin-1, unlike the driver that Airflow uses.
        args["password"] = str(address.password).encode()
    return args


def _open_sqlite(address: URL, statement_timeout_s: float) -> sqlite3.Connection:
    """Open the file read-only, so that a wrong path does not make a new database."""
    if address.database in {None, "", ":memory:"}:
        raise SourceError(
            "a database in memory holds nothing to read", where=shown(address), remedy="name its file"
        )
    path = Path(str(address.database)).absolute()
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=CONNECT_TIMEOUT_S)
    last = time.monotonic() + statement_timeout_s
    connection.set_progress_handler(lambda: time.monotonic() > last, _STEPS)
    return connection


def _restrain(connection: Connection, statement_timeout_s: float) -> None:
    """Make the transaction read-only and bound its statements, with what a pooler in between lets pass."""
    dialect, limit_ms = connection.dialect, int(statement_timeout_s * 1000)
    if dialect.name == "postgresql":
        _run(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _run(connection, f"SET LOCAL statement_timeout = {limit_ms}")
        _run(connection, f"SET LOCAL lock_timeout = {limit_ms}")
    elif dialect.name == "mysql":
        mariadb = getattr(dialect, "is_mariadb", False)
        bound = f"max_statement_time = {limit_ms / 1000}" if mariadb else f"max_execution_time = {limit_ms}"
        _run(connection, f"SET SESSION {bound}")
        _run(connection, "START TRANSACTION READ ONLY")


def _run(connection: Connection, statement: str) -> None:

    connection.execute(text(statement))
