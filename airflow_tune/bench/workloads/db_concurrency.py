"""How many connections at a time the database of --db-url bears, each with small transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from airflow_tune.bench.kit.answer import times
from airflow_tune.bench.kit.crew import crew
from airflow_tune.bench.kit.curve import best_of
from airflow_tune.bench.kit.database.place import Place
from airflow_tune.bench.kit.database.store import Store
from airflow_tune.bench.kit.records import rows
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload, steps
from airflow_tune.suite.model import Curve, WorkloadResult

_ROWS = 20
_COUNTS = (1, 2, 4, 8, 16)


class _Writer:
    """Writes transactions of a few rows over a connection that it opens at its first call."""

    def __init__(self, url: str, table: str) -> None:
        self._url, self._table, self._rows = url, table, rows(_ROWS)
        self._store: Store | None = None

    def __call__(self) -> None:
        if self._store is None:
            self._store = self._open()
        self._store.many(self._rows)
        self._store.commit()

    def _open(self) -> Store:
        from airflow_tune.bench.kit.database.server import store_in  # noqa: PLC0415 - brings SQLAlchemy

        return store_in(self._url, self._table)


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what has each of so many processes write one transaction."""
    with Place.URL.store(order) as store:
        writers: list[Any] = [_Writer(order.wishes.db_url, store.table) for _ in range(int(order.scale))]
        with crew("processes", writers) as go:
            yield go


def _variants(wishes: Wishes) -> Sequence[Variant]:
    Place.URL.round_trip_s(wishes)  # a server that cannot be reached is told at once
    counts = _COUNTS[::2] if wishes.length is Length.QUICK else _COUNTS
    return steps("connections", counts, "connections")


def _answer(result: WorkloadResult) -> str:
    best = best_of(result)
    if best is None:
        return ""
    if best.at == 1:
        return f"One connection at a time writes as much as {best.most}: a pool of 1 slot is enough here."
    return (
        f"{best.at} connections at a time write {times(best.gain)} as many transactions as one;"
        f" {best.beyond}: give the pool of tasks that write here {best.at} slots."
    )


WORKLOAD = Workload(
    name="db-concurrency",
    question="How many connections at a time does the database bear?",
    unit="transaction",
    curve=Curve.SCALING,
    variants=_variants,
    answer=_answer,
    axis="connections",
    reference="1 connection",
    lacks=Place.URL.lacks,
    clean=Place.URL.clean,
)
