"""The server of --db-url: connections to it, a store on it, and how long a word with it takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from airflow_tune.bench.kit.database.store import COLUMNS, Store
from airflow_tune.bench.kit.database.table import own_table, remove_left
from airflow_tune.errors import TuneError, UsageError
from airflow_tune.metadata.address import parse_address
from airflow_tune.metadata.connection import driver_args
from airflow_tune.metadata.trouble import refusal

_TRIES = 15
_MARK = "%s"
"""What stands for a value in the statements of psycopg, psycopg2, PyMySQL and mysqlclient."""


def engine_of(url: str, **options: Any) -> Engine:  # noqa: ANN401 - whatever create_engine takes
    """Return an engine for the server at `url`.

    Raises SourceError for what is no URL, or has no driver here, and UsageError for a SQLite file.
    """
    address = parse_address(url)
    if address.get_backend_name() == "sqlite":
        raise UsageError(
            "SQLite has no server to measure",
            where="--db-url",
            remedy="leave it out: sqlite-write and its like measure SQLite on this host in any case",
        )
    return create_engine(address, connect_args=driver_args(address), **options)


@contextmanager
def measured_engine(url: str, **options: Any) -> Iterator[Engine]:  # noqa: ANN401 - as engine_of
    """Give an engine for the server at `url`; what a driver says becomes a SourceError, without secrets."""
    engine = engine_of(url, **options)
    try:
        with _told(engine.url):
            yield engine
    finally:
        engine.dispose()


@contextmanager
def connected(url: str) -> Iterator[tuple[Any, str]]:
    """Give a connection of the DB API to `url` and its dialect; SourceError as measured_engine."""
    with measured_engine(url, poolclass=NullPool) as engine:
        connection = engine.raw_connection()
        try:
            yield connection, engine.dialect.name
        finally:
            connection.close()


@contextmanager
def server_store(url: str) -> Iterator[Store]:
    """Give a store in a table of its own at `url`; SourceError as measured_engine."""
    with connected(url) as (connection, dialect), own_table(connection, dialect, COLUMNS) as table:
        yield Store(dialect, connection, table, _MARK)


def store_in(url: str, table: str) -> Store:
    """Return a store in the `table` of another connection, open until the process ends."""
    engine = engine_of(url, poolclass=NullPool)
    return Store(engine.dialect.name, engine.raw_connection(), table, _MARK)


def round_trip_s(url: str) -> float:
    """Return the median time of a statement that does nothing, in seconds; SourceError as measured_engine."""
    with connected(url) as (connection, _):
        return trip_s(connection)


def trip_s(connection: Any) -> float:  # noqa: ANN401 - the DB API's
    """Return the median seconds of a statement that does nothing, over a connection of the DB API."""
    cursor, taken = connection.cursor(), []
    for _number in range(_TRIES):
        begun = time.perf_counter()
        cursor.execute("SELECT 1")
        cursor.fetchall()
        taken.append(time.perf_counter() - begun)
    cursor.close()
    connection.rollback()
    return statistics.median(taken)


def sweep(url: str) -> tuple[str, ...]:
    """Drop the tables of ours at `url` that belong to no living run; return their names."""
    with connected(url) as (connection, dialect):
        return remove_left(connection, dialect)


@contextmanager
def _told(address: URL) -> Iterator[None]:
    """Turn what a driver says into a SourceError without the password."""
    try:
        yield
    except TuneError:
        raise
    except Exception as error:
        # The drivers' own errors have no base in common but Exception; each calls its own base Error.
        if isinstance(error, (SQLAlchemyError, OSError)) or _is_drivers(error):
            raise refusal(error, address, "the database could not be measured") from None
        raise


def _is_drivers(error: Exception) -> bool:
    return any(base.__name__ == "Error" for base in type(error).__mro__)
