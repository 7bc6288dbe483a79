"""Workers that each do one piece when told to: what curves over concurrency are measured with.

The workers exist before the clock starts, and each gets exactly one piece, so that what is measured is
neither their start nor how a pool hands out its work.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Literal, TypeAlias

from airflow_tune.bench.measure.lifeline import die_with_parent

Kind: TypeAlias = Literal["processes", "threads"]
Piece: TypeAlias = Callable[[], object]
Cpus: TypeAlias = frozenset[int] | None
_GO, _END = "go", "end"


@contextmanager
def crew(kind: Kind, pieces: Sequence[Piece], cpus: Sequence[Cpus] = ()) -> Iterator[Callable[[], None]]:
    """Give a function that has one worker for each of `pieces` do it once, and returns when all are done.

    `cpus` names for each process the CPUs it may use, None for any. A piece that raises ends the call
    with RuntimeError.
    """
    with _processes(pieces, cpus) if kind == "processes" else _threads(pieces) as go:
        yield go


@contextmanager
def _processes(pieces: Sequence[Piece], cpus: Sequence[Cpus]) -> Iterator[Callable[[], None]]:
    context = multiprocessing.get_context("fork")
    pipes: list[Connection] = []
    workers: list[BaseProcess] = []
    try:
        for place, piece in enumerate(pieces):
            ours, theirs = context.Pipe()
            bound = cpus[place] if cpus else None
            workers.append(
                context.Process(target=_serve, args=(theirs, piece, bound, os.getpid()), daemon=True)
            )
            workers[-1].start()
            theirs.close()
            pipes.append(ours)
        yield lambda: _round(pipes)
    finally:
        for worker in workers:
            worker.kill()
            worker.join()
        for pipe in pipes:
            pipe.close()


def _round(pipes: Sequence[Connection]) -> None:
    for pipe in pipes:
        pipe.send(_GO)
    try:
        _raise_first([pipe.recv() for pipe in pipes])
    except EOFError:
        raise RuntimeError("a worker process ended in the middle of its work") from None


def _serve(pipe: Connection, piece: Piece, bound: Cpus, parent: int) -> None:
    die_with_parent(parent)
    if bound:
        os.sched_setaffinity(0, bound)
    while pipe.recv() == _GO:
        pipe.send(_trouble(piece))


@contextmanager
def _threads(pieces: Sequence[Piece]) -> Iterator[Callable[[], None]]:
    told: list[queue.SimpleQueue[str]] = [queue.SimpleQueue() for _ in pieces]
    done: queue.SimpleQueue[str] = queue.SimpleQueue()
    workers = [
        threading.Thread(target=_obey, args=(mine, done, piece), daemon=True)
        for mine, piece in zip(told, pieces, strict=True)
    ]
    for worker in workers:
        worker.start()

    def go() -> None:
        for mine in told:
            mine.put(_GO)
        _raise_first([done.get() for _ in told])

    try:
        yield go
    finally:
        for mine in told:
            mine.put(_END)
        for worker in workers:
            worker.join()


def _obey(told: queue.SimpleQueue[str], done: queue.SimpleQueue[str], piece: Piece) -> None:
    while told.get() == _GO:
        done.put(_trouble(piece))


def _trouble(piece: Piece) -> str:
    """Do the piece; return what it raised, empty where it did not."""
    try:
        piece()
    except Exception as error:  # noqa: BLE001 - whatever it is, the one who waits is told
        return repr(error)
    return ""


def _raise_first(troubles: Sequence[str]) -> None:
    for trouble in filter(None, troubles):
        raise RuntimeError(trouble)
