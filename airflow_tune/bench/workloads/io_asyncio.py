"""How many requests at a time are best with asyncio, for calls that wait for an answer over the network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from airflow_tune.bench.kit.server import LATENCY_S, requests_answer, requests_variants, serving
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult

_REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class _Client:
    """A connection that is kept open, read as far as the answers of our server go."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self) -> None:
        self._writer.write(_REQUEST)
        head = await self._reader.readuntil(b"\r\n\r\n")
        await self._reader.readexactly(int(head.rpartition(b"Length: ")[2]))

    def close(self) -> None:
        self._writer.close()


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what makes as many requests at a time as the variant says, in one loop that goes on."""
    with serving(LATENCY_S) as port, closing(asyncio.new_event_loop()) as loop:
        clients = [loop.run_until_complete(_client(port)) for _ in range(int(order.scale))]

        async def all_at_once() -> None:
            await asyncio.gather(*(client.ask() for client in clients))

        try:
            yield lambda: loop.run_until_complete(all_at_once())
        finally:
            for client in clients:
                client.close()


async def _client(port: int) -> _Client:
    return _Client(*await asyncio.open_connection("127.0.0.1", port))


def _variants(wishes: Wishes) -> Sequence[Variant]:
    counts = [1, 16, 64, 256] if wishes.length is Length.QUICK else [1, 2, 4, 8, 16, 32, 64, 128, 256]
    return requests_variants("coroutines", "at a time", counts)


def _answer(result: WorkloadResult) -> str:
    return requests_answer(result, "coroutines")


WORKLOAD = Workload(
    name="io-asyncio",
    question="How many requests at a time are best with asyncio, where each waits for its answer?",
    unit="request",
    curve=Curve.SCALING,
    variants=_variants,
    answer=_answer,
    axis="coroutines",
    reference="one after another",
)
