"""What it costs to send rows to another process and have them back, as process pools do with pickle."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

from airflow_tune.bench.kit.answer import Found, along
from airflow_tune.bench.kit.records import rows
from airflow_tune.bench.measure.lifeline import die_with_parent
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload, steps
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what sends the rows to a process that sends them back."""
    context, payload = multiprocessing.get_context("fork"), rows(int(order.scale))
    ours, theirs = context.Pipe()
    worker = context.Process(target=_echo, args=(theirs, os.getpid()), daemon=True)
    worker.start()
    theirs.close()

    def there_and_back() -> None:
        ours.send(payload)
        ours.recv()

    try:
        yield there_and_back
    finally:
        worker.kill()
        worker.join()
        ours.close()


def _echo(pipe: Connection, parent: int) -> None:
    die_with_parent(parent)
    while True:
        pipe.send(pipe.recv())


def _variants(wishes: Wishes) -> Sequence[Variant]:
    quick = wishes.length is Length.QUICK
    return steps("rows", [1, 100, 10_000] if quick else [1, 10, 100, 1_000, 10_000, 50_000], "rows")


def _answer(result: WorkloadResult) -> str:
    names, found = along(result), Found(result)
    if len(names) <= 1:
        return ""
    fewest, most = min(names), max(names)
    each_s = found[names[most]]
    return (
        f"A word to another process and back takes {format_duration(found[names[fewest]] * fewest)}, and"
        f" {format_duration(each_s * 1_000)} for every 1,000 rows with it: send rows only where each takes"
        f" longer than {format_duration(each_s)} to work on, else paths or ranges of keys."
    )


WORKLOAD = Workload(
    name="pickle-payload",
    question="What does it cost to send rows to another process and back?",
    unit="row",
    curve=Curve.BATCH,
    variants=_variants,
    answer=_answer,
    axis="rows",
    reference="1 row",
)
