"""A web server on loopback that takes a set time for each answer, in a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from airflow_tune.bench.kit.answer import times
from airflow_tune.bench.kit.curve import best_of
from airflow_tune.bench.measure.lifeline import die_with_parent
from airflow_tune.suite.model import WorkloadResult
from airflow_tune.units import format_duration

LATENCY_S = 0.005
"""How long the server takes for an answer: a service in the same data centre."""
_BACKLOG = 512
_START_S = 20
_BODY = b'{"status": "ok", "rows": 12}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY
)


@contextmanager
def serving(latency_s: float) -> Iterator[int]:
    """Give the port of a server on 127.0.0.1 that answers any number of GETs, each after `latency_s`."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, latency_s, os.getpid()), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_START_S):
            raise RuntimeError("the web server on loopback did not start")
        yield ours.recv()
    finally:
        process.kill()
        process.join()
        ours.close()


def _serve(told: Connection, latency_s: float, parent: int) -> None:
    die_with_parent(parent)
    asyncio.run(_listen(told, latency_s))


async def _listen(told: Connection, latency_s: float) -> None:
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
    told.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def requests_answer(result: WorkloadResult, what: str) -> str:
    """Return the answer of a curve over requests at a time, made by so many of `what`."""
    best = best_of(result)
    if best is None:
        return ""
    return (
        f"With {format_duration(LATENCY_S)} to wait for each answer, {best.at} {what} at a time do"
        f" {times(best.gain)} the requests of one after another; {best.beyond}."
    )
