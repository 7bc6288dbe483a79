"""Workloads that write rows: by the rows of one statement's batch, and by the rows of one transaction."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from airflow_tune.bench.kit.answer import Found, along
from airflow_tune.bench.kit.database.place import Place
from airflow_tune.bench.kit.database.store import Store
from airflow_tune.bench.kit.knee import knee_answer
from airflow_tune.bench.kit.records import Row, rows
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload, steps
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

BATCH, COMMIT = "rows_per_batch", "rows_per_commit"
_ONE = "1 row"
_BULK = {"copy": "COPY", "multi-row": "INSERT of many rows"}
_PATIENCE_S = 0.3
"""How long writing row by row may take: what a round trip costs decides how many rows that is."""
_ROW_TRIPS = 2.5
"""A row written by a statement of its own takes about so many times as long as one that does nothing."""
_BATCHES = (1, 10, 100, 1_000, 5_000, 10_000)
_QUICK_BATCHES = (1, 100, 1_000, 2_000)
_COMMITS = (1, 10, 100, 1_000, 10_000)
_QUICK_COMMITS = (1, 100, 2_000)


class Writing(ABC):
    """Rows written to `place` and committed, along a curve over the parameter `axis`."""

    axis: str

    def __init__(self, place: Place) -> None:
        self.place = place

    @property
    def prepare(self) -> Callable[[Order], AbstractContextManager[Call]]:
        """Return the function that gives what writes the rows of one transaction and commits it."""

        @contextmanager
        def prepare(order: Order) -> Iterator[Call]:
            written = rows(int(order.scale))
            with self.place.store(order) as store:
                write = self._write(store, order)

                def write_and_commit() -> None:
                    write(written)
                    store.commit()

                yield write_and_commit

        return prepare

    def workload(self, name: str, question: str) -> Workload:
        """Return the workload that measures the curve."""
        return Workload(
            name=name,
            question=question,
            unit="row",
            curve=Curve.BATCH,
            variants=self._variants,
            answer=self._answer,
            axis=self.axis,
            reference=_ONE,
            lacks=self.place.lacks,
            clean=self.place.clean,
        )

    @abstractmethod
    def _write(self, store: Store, order: Order) -> Callable[[Sequence[Row]], None]:
        """Return what inserts rows as the variant says."""

    @abstractmethod
    def _variants(self, wishes: Wishes) -> Sequence[Variant]:
        """Return the places on the curve; a server that cannot be reached is told at once."""

    @abstractmethod
    def _answer(self, result: WorkloadResult) -> str:
        """Return the sentence that the values come to."""


class BatchWriting(Writing):
    """Rows written in batches of more and more, always as many rows in one transaction."""

    axis = BATCH

    def _write(self, store: Store, order: Order) -> Callable[[Sequence[Row]], None]:
        return store.writer(int(order.parameters[BATCH])) if BATCH in order.parameters else store.bulk

    def _variants(self, wishes: Wishes) -> Sequence[Variant]:
        trip = self.place.round_trip_s(wishes)
        fits = _PATIENCE_S / (trip * _ROW_TRIPS) if trip else math.inf
        first, second, *more = _QUICK_BATCHES if wishes.length is Length.QUICK else _BATCHES
        # Whole steps, so that variants of two runs have the same names.
        sizes = [first, second, *(size for size in more if size <= fits)]
        count = sizes[-1]
        bulk = self.place.bulk(wishes)
        return [*steps(BATCH, sizes, "rows", count), Variant(bulk, {"method": bulk}, count)]

    def _answer(self, result: WorkloadResult) -> str:
        answer, found = knee_answer(result, "rows a batch", "row by row"), Found(result)
        bulk = next(filter(_BULK.__contains__, found), "")
        if not answer or not bulk:
            return answer
        best = min(along(result).values(), key=found.__getitem__)
        return f"{answer} {_BULK[bulk]} is {found.than(best, bulk)} the best of them."


class CommitWriting(Writing):
    """Rows written in transactions of more and more."""

    axis = COMMIT

    def _write(self, store: Store, order: Order) -> Callable[[Sequence[Row]], None]:  # noqa: ARG002 - as all
        return store.many

    def _variants(self, wishes: Wishes) -> Sequence[Variant]:
        self.place.round_trip_s(wishes)
        return steps(COMMIT, _QUICK_COMMITS if wishes.length is Length.QUICK else _COMMITS, "rows")

    def _answer(self, result: WorkloadResult) -> str:
        answer, found, names = knee_answer(result, "rows a transaction", "one"), Found(result), along(result)
        if not answer or 1 not in names:
            return answer
        return f"{answer} One commit costs {format_duration(found.more(names[1], names[max(names)]))} here."
