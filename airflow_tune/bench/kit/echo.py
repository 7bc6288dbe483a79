"""What sending bytes over loopback and getting as many back takes: the nearest that any server can be."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Callable

from airflow_tune.bench.kit.beside import beside

_HOST = "127.0.0.1"
_WARM, _TIMES = 20, 200
_ASKED = 64
"""Bytes of a question, which is short."""
_BLOCK = 1 << 16


def echo_s(count: int) -> float:
    """Return the median seconds of a short question over loopback that is answered with `count` bytes."""
    with (
        beside(lambda told: _serve(told, count)) as port,
        socket.create_connection((_HOST, port)) as connection,
    ):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        taken = [_asked_s(connection, count) for _ in range(_WARM + _TIMES)]
    return statistics.median(taken[_WARM:])


def _asked_s(connection: socket.socket, count: int) -> float:
    begun = time.perf_counter()
    connection.sendall(b"?" * _ASKED)
    _read(connection, count)
    return time.perf_counter() - begun


def _read(connection: socket.socket, count: int) -> int:
    """Return how many of `count` bytes came before the other side closed."""
    come = 0
    while come < count and (block := connection.recv(min(_BLOCK, count - come))):
        come += len(block)
    return come


def _serve(told: Callable[[int], None], count: int) -> None:
    with socket.create_server((_HOST, 0)) as server:
        told(server.getsockname()[1])
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answer = b"!" * count
        while _read(connection, _ASKED) == _ASKED:
            connection.sendall(answer)
