"""What it costs to open a SQLite file for each query, over keeping it open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from airflow_tune.bench.kit.answer import Found
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

_NEW, _KEPT = "connection for each query", "kept connection"


def _ask(connection: sqlite3.Connection) -> None:
    connection.execute("SELECT count(*) FROM bench").fetchone()


def _ask_anew(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        _ask(connection)


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what makes one query of a small table."""
    path = order.folder / "bench.sqlite"
    with closing(sqlite3.connect(path)) as kept:
        kept.execute("CREATE TABLE bench (n integer)")
        kept.commit()
        yield (lambda: _ask_anew(path)) if order.parameters["connection"] == _NEW else (lambda: _ask(kept))


def _variants(wishes: Wishes) -> Sequence[Variant]:  # noqa: ARG001 - the same everywhere
    return [Variant(name, {"connection": name}) for name in (_NEW, _KEPT)]


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have((_NEW, _KEPT)):
        return ""
    return (
        f"A query over a kept connection is {found.than(_NEW, _KEPT)} one that opens the file"
        f" anew, which costs {format_duration(found.more(_NEW, _KEPT))}: connect outside of"
        " the loop."
    )


WORKLOAD = Workload(
    name="sqlite-connect",
    question="What does it cost to open a SQLite file for each query?",
    unit="query",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_NEW,
)
