"""How many processes at a time the user's own function bears here, and whether threads would do as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from airflow_tune.bench.kit.scaling import Scaling
from airflow_tune.bench.kit.subject import Subject
from airflow_tune.bench.workload import Call, Order
from airflow_tune.bench.workloads.callable_batch import no_callable


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what has all workers call the function, with items enough for some milliseconds."""
    subject = Subject(order.wishes)
    items = subject.batch()
    # What is reported is the time of an item, however many fill a call.
    order.scale *= items
    with _scaling(subject.call_with(items)).prepare(order) as call:
        yield call


def _scaling(piece: Call) -> Scaling:
    return Scaling("processes", beside="threads", piece=piece, work="your function")


def _nothing() -> None:
    """Stand for the function where only its variants are asked for."""


WORKLOAD = replace(
    _scaling(_nothing).workload(
        "callable-processes",
        "How many processes at a time are best for your function, and do threads do as well?",
    ),
    unit="item",
    lacks=no_callable,
)
