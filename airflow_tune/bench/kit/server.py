"""A web server on loopback that takes a set time for each answer, in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from airflow_tune.bench.kit.answer import times
from airflow_tune.bench.kit.beside import beside
from airflow_tune.bench.kit.curve import best_of
from airflow_tune.bench.workload import Variant
from airflow_tune.suite.model import WorkloadResult
from airflow_tune.units import format_duration

LATENCY_S = 0.005
"""How long the server takes for an answer: a service in the same data centre."""
_BACKLOG = 512
_BODY = b'{"status": "ok", "rows": 12}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY
)


@contextmanager
def serving(latency_s: float) -> Iterator[int]:
    """Give the port of a server on 127.0.0.1 that answers any number of GETs, each after `latency_s`."""
    with beside(lambda told: asyncio.run(_listen(told, latency_s))) as port:
        yield port


async def _listen(told: Callable[[int], None], latency_s: float) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                if latency_s:
                    await asyncio.sleep(latency_s)
                writer.write(_ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=_BACKLOG)
    told(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def requests_variants(name: str, each: str, counts: Sequence[int]) -> Sequence[Variant]:
    """Return one variant for each number of requests at a time; `each` is what more than one are called."""
    return [
        Variant(f"{count} {each}" if count > 1 else "one after another", {name: count}, count)
        for count in counts
    ]


def requests_answer(result: WorkloadResult, what: str) -> str:
    """Return the answer of a curve over requests at a time, made by so many of `what`."""
    best = best_of(result)
    if best is None:
        return ""
    return (
        f"With {format_duration(LATENCY_S)} to wait for each answer, {best.at} {what} at a time do"
        f" {times(best.gain)} the requests of one after another; {best.beyond}."
    )
