"""What it costs to start a process: a new Python, one forked, and one spawned."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from airflow_tune.bench.kit.answer import Found, times
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

_PYTHON, _BARE = "python", "python -I -S"
_COMMANDS = {_PYTHON: ["-c", ""], _BARE: ["-I", "-S", "-c", ""]}
_METHODS = ("fork", "forkserver", "spawn")
_QUICK_METHODS = ("fork", "spawn")


def _nothing() -> None:
    """Be all that a started process does."""


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what starts one process and waits for its end."""
    yield _starter(str(order.parameters["start"]))


def _starter(way: str) -> Callable[[], object]:
    if way in _COMMANDS:
        command = [sys.executable, *_COMMANDS[way]]
        return lambda: subprocess.run(command, check=True, stdin=subprocess.DEVNULL, env=dict(os.environ))
    context: Any = multiprocessing.get_context(way)

    def start_and_join() -> None:
        process = context.Process(target=_nothing)
        process.start()
        process.join()

    return start_and_join


def _variants(wishes: Wishes) -> Sequence[Variant]:
    known = multiprocessing.get_all_start_methods()
    if wishes.length is Length.QUICK:
        ways = [_PYTHON, *(method for method in _QUICK_METHODS if method in known)]
    else:
        ways = [_PYTHON, _BARE, *(method for method in _METHODS if method in known)]
    return [Variant(name, {"start": name}) for name in ways]


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have((_PYTHON, "fork", "spawn")):
        return ""
    python, fork, spawn = found[_PYTHON], found["fork"], found["spawn"]
    return (
        f"A new Python takes {format_duration(python)} to start and end, a fork {format_duration(fork)}, a"
        f" spawn {format_duration(spawn)} ({times(spawn / fork)} a fork): give each process at least"
        f" {format_duration(10 * spawn)} of work, so that starting it stays below a tenth."
    )


WORKLOAD = Workload(
    name="start-up",
    question="What does it cost to start a process: a new Python, a fork, a spawn?",
    unit="start",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_PYTHON,
)
