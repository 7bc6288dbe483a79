"""How many items at a time the user's own function should be given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from airflow_tune.bench.kit.knee import knee_answer
from airflow_tune.bench.kit.subject import Subject
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload, steps
from airflow_tune.suite.model import Curve, WorkloadResult

_SIZES = (1, 10, 100, 1_000, 10_000)
_QUICK = (1, 10, 100, 1_000)


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give the function with a batch of its own."""
    yield Subject(order.wishes).call_with(int(order.parameters["items"]))


def _variants(wishes: Wishes) -> Sequence[Variant]:
    return steps("items", _QUICK if wishes.length is Length.QUICK else _SIZES, "items")


def _answer(result: WorkloadResult) -> str:
    return knee_answer(result, "items a call", "one by one")


def no_callable(wishes: Wishes) -> str:
    """Return that no function was named, where none was."""
    return "" if wishes.callable else "no --callable was given"


WORKLOAD = Workload(
    name="callable-batch",
    question="How many items at a time should your function be given?",
    unit="item",
    curve=Curve.BATCH,
    variants=_variants,
    answer=_answer,
    axis="items",
    reference="1 item",
    lacks=no_callable,
)
