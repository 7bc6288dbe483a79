"""A store on the server of a URL, and how long a word with that server takes."""

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
from airflow_tune.bench.kit.database.table import own_table
from airflow_tune.errors import SourceError
from airflow_tune.metadata.address import parse_address
from airflow_tune.metadata.trouble import refusal

_TRIES = 7
_CONNECT_S = 10


def engine_of(url: str, **options: Any) -> Engine:  # noqa: ANN401 - whatever create_engine takes
    """Return an engine for the database at `url`; raises SourceError for what is none, or has no driver."""
    address = parse_address(url)
    local = address.get_backend_name() == "sqlite"
    return create_engine(address, connect_args={} if local else {"connect_timeout": _CONNECT_S}, **options)


@contextmanager
def server_store(url: str) -> Iterator[Store]:
    """Give a store in a table of its own at `url`; SourceError where it cannot be reached."""
    with connected(url) as (connection, dialect), own_table(connection, dialect, COLUMNS) as table:
        yield Store(dialect, connection, table, "%s")


@contextmanager
def connected(url: str) -> Iterator[tuple[Any, str]]:
    """Give a connection of the DB API to `url` and its dialect; SourceError as server_store."""
    engine = engine_of(url, poolclass=NullPool)
    try:
        with _told(engine.url):
            connection = engine.raw_connection()
            try:
                yield connection, engine.dialect.name
            finally:
                connection.close()
    finally:
        engine.dispose()


@contextmanager
def _told(address: URL) -> Iterator[None]:
    """Turn what a driver says into a SourceError without the password."""
    try:
        yield
    except SourceError:
        raise
    except (SQLAlchemyError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise refusal(error, address, "the database could not be measured") from None
    except Exception as error:
        # The drivers' own errors have no base in common but this and their modules' names.
        if not any(base.__name__ == "Error" for base in type(error).__mro__):
            raise
        raise refusal(error, address, "the database could not be measured") from None


def round_trip_s(url: str) -> float:
    """Return the median time of a statement that does nothing, in seconds; SourceError as server_store."""
    with connected(url) as (connection, _):
        cursor, taken = connection.cursor(), []
        for _number in range(_TRIES):
            begun = time.perf_counter()
            cursor.execute("SELECT 1")
            cursor.fetchall()
            taken.append(time.perf_counter() - begun)
        cursor.close()
    return statistics.median(taken)
