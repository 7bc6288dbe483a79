"""A server of ours in a process beside the one that measures, which ends with it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from airflow_tune.bench.measure.lifeline import die_with_parent

_START_S = 20


@contextmanager
def beside(serve: Callable[[Callable[[int], None]], None]) -> Iterator[int]:
    """Run `serve` in a forked process; give the port that it tells as soon as it listens."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_begin, args=(serve, theirs, os.getpid()), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_START_S):
            raise RuntimeError("a server on loopback did not start")
        yield ours.recv()
    finally:
        process.kill()
        process.join()
        ours.close()


def _begin(serve: Callable[[Callable[[int], None]], None], told: Connection, parent: int) -> None:
    die_with_parent(parent)
    serve(told.send)
