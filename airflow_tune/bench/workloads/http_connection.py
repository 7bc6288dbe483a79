"""What a new connection costs for each request, over one that is kept open."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from airflow_tune.bench.kit.answer import Found
from airflow_tune.bench.kit.server import serving
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

_NEW, _KEPT = "new connection", "kept connection"


def _ask(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/")
    connection.getresponse().read()


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=20)


def _ask_anew(port: int) -> None:
    with closing(_connection(port)) as connection:
        _ask(connection)


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what makes one request to a server that answers at once."""
    with serving(latency_s=0) as port, closing(_connection(port)) as kept:
        yield (lambda: _ask_anew(port)) if order.parameters["connection"] == _NEW else (lambda: _ask(kept))


def _variants(wishes: Wishes) -> Sequence[Variant]:  # noqa: ARG001 - the same everywhere
    return [Variant(name, {"connection": name}) for name in (_NEW, _KEPT)]


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have((_NEW, _KEPT)):
        return ""
    advice = "use one session for all requests of a task"
    if found.same(_NEW, _KEPT):
        return f"On loopback a new connection is not known to cost more than a kept one; {advice}."
    return (
        f"A kept connection is {found.than(_NEW, _KEPT)} a new one for each request, which costs"
        f" {format_duration(found.more(_NEW, _KEPT))} more even on loopback, and two round trips more with"
        f" TLS over a network: {advice}."
    )


WORKLOAD = Workload(
    name="http-connection",
    question="What does a new connection for each request cost over one that is kept?",
    unit="request",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_NEW,
)
