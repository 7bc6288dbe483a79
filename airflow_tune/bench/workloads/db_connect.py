"""What it costs to connect to the database of --db-url for each query, over a connection pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from airflow_tune.bench.kit.answer import Found
from airflow_tune.bench.kit.database.place import ROUND_TRIP, Place
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

_NEW, _POOL, _PING = "connection for each query", "pool", "pool with pre-ping"


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what makes one query that does nothing, over a connection from where the variant says."""
    from sqlalchemy import text  # noqa: PLC0415 - it takes longer to import than most workloads take
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    from airflow_tune.bench.kit.database.server import measured_engine, trip_s  # noqa: PLC0415

    way = order.parameters["connection"]
    options = {"poolclass": NullPool} if way == _NEW else {"pool_size": 1, "pool_pre_ping": way == _PING}
    with measured_engine(order.wishes.db_url, **options) as engine:
        with closing(engine.raw_connection()) as plain:
            order.figures[ROUND_TRIP] = trip_s(plain)

        def ask() -> None:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1")).fetchall()

        yield ask


def _variants(wishes: Wishes) -> Sequence[Variant]:
    Place.URL.round_trip_s(wishes)  # a server that cannot be reached is told at once
    ways = (_NEW, _POOL) if wishes.length is Length.QUICK else (_NEW, _POOL, _PING)
    return [Variant(name, {"connection": name}) for name in ways]


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have((_NEW, _POOL)):
        return ""
    ping = f"; pre-ping adds {format_duration(found.more(_PING, _POOL))}" if found.have([_PING]) else ""
    return (
        f"A query over a pool is {found.than(_NEW, _POOL)} one that connects anew, which costs"
        f" {format_duration(found.more(_NEW, _POOL))}{ping}: keep one engine for the whole task."
    )


WORKLOAD = Workload(
    name="db-connect",
    question="What does it cost to connect to the database for each query, over a connection pool?",
    unit="query",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_NEW,
    lacks=Place.URL.lacks,
)
