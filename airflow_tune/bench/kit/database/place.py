"""Where a workload's table is: a SQLite file of the run, or the database of --db-url."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from airflow_tune.bench.kit.database.store import Store, bulk_name
from airflow_tune.bench.workload import Order, Wishes

ROUND_TRIP = "round_trip_s"
"""The figure of what a word with the server takes: what grades go by, and the advice from a result."""


class Place(str, Enum):
    """The database that is written to."""

    SQLITE = "sqlite"
    URL = "db"

    @contextmanager
    def store(self, order: Order) -> Iterator[Store]:
        """Give a new, empty table, which is gone afterwards; SourceError where the server refuses.

        What a word with a server takes is put into the figure ROUND_TRIP.
        """
        if self is Place.SQLITE:
            from airflow_tune.bench.kit.database.sqlite import sqlite_store  # noqa: PLC0415 - see below

            with sqlite_store(order.folder) as store:
                yield store
            return
        # It brings SQLAlchemy, which a workload that does without should not pay for.
        from airflow_tune.bench.kit.database.server import server_store, trip_s  # noqa: PLC0415

        with server_store(order.wishes.db_url) as store:
            order.figures[ROUND_TRIP] = trip_s(store.connection)
            yield store

    def lacks(self, wishes: Wishes) -> str:
        """Return what is missing for this place."""
        return "no --db-url was given" if self is Place.URL and not wishes.db_url else ""

    def round_trip_s(self, wishes: Wishes) -> float:
        """Return the time of a word with the database in seconds, 0 where there is no server in between."""
        if self is Place.SQLITE:
            return 0.0
        from airflow_tune.bench.kit.database.server import round_trip_s  # noqa: PLC0415 - see above

        return round_trip_s(wishes.db_url)

    def bulk(self, wishes: Wishes) -> str:
        """Return what writing much at once is called here: copy or multi-row."""
        if self is Place.SQLITE:
            return bulk_name("sqlite")
        from airflow_tune.bench.kit.database.server import engine_of  # noqa: PLC0415 - see above

        return bulk_name(engine_of(wishes.db_url).dialect.name)

    def clean(self, wishes: Wishes) -> None:
        """Remove what killed runs left in the database."""
        if self is Place.URL and wishes.db_url:
            from airflow_tune.bench.kit.database.server import sweep  # noqa: PLC0415 - see above

            sweep(wishes.db_url)
