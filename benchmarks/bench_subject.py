"""What benchmarks/bench.py has the bench measure: plain work of a known size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow_tune.bench.workload import Call, Order

TURNS = 2_000


def work(turns: int = TURNS) -> int:
    """Do arithmetic for some tenths of a millisecond."""
    found = 0
    for number in range(turns):
        found = (found + number * number) % 1_000_003
    return found


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give the work, as many times as long as the order says."""
    turns = int(TURNS * float(order.parameters["times_as_long"]))
    yield lambda: work(turns)
