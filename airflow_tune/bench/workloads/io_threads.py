"""How many threads at a time are best for calls that wait for an answer over the network."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from airflow_tune.bench.kit.crew import crew
from airflow_tune.bench.kit.server import LATENCY_S, requests_answer, requests_variants, serving
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult


class _Client:
    """A connection that is kept open, as a session of a client library keeps it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def __call__(self) -> None:
        self._connection.request("GET", "/")
        self._connection.getresponse().read()

    def close(self) -> None:
        self._connection.close()


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what has each thread make one request."""
    with ExitStack() as stack:
        port = stack.enter_context(serving(LATENCY_S))
        clients = [stack.enter_context(closing(_Client(port))) for _ in range(int(order.scale))]
        yield stack.enter_context(crew("threads", clients))


def _variants(wishes: Wishes) -> Sequence[Variant]:
    counts = [1, 4, 16, 64] if wishes.length is Length.QUICK else [1, 2, 4, 8, 16, 32, 64, 128]
    return requests_variants("threads", "threads", counts)


def _answer(result: WorkloadResult) -> str:
    return requests_answer(result, "threads")


WORKLOAD = Workload(
    name="io-threads",
    question="How many threads at a time are best for requests that wait for their answer?",
    unit="request",
    curve=Curve.SCALING,
    variants=_variants,
    answer=_answer,
    axis="threads",
    reference="one after another",
)
