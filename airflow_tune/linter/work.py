"""Reading and judging files, here or in several processes where that pays."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from airflow_tune.dags.garbage import Garbage, uncollected
from airflow_tune.lint.check import Examined
from airflow_tune.lint.options import Options
from airflow_tune.lint.rule import Rule
from airflow_tune.linter.digest import digest
from airflow_tune.linter.reading import Reader, content_of

PAYS_FROM = 200
"""Files from which other processes are worth their start, which costs about as much as 50 files."""
CHUNKS_PER_JOB = 4


class Done(NamedTuple):
    """One file: its digest (empty where it could not be read), what was found, and what was looked at."""

    path: Path
    content: bytes
    result: Examined | None
    reads: frozenset[str]


class Task(NamedTuple):
    """What a worker needs: the rules, and the options of each file's folder."""

    rules: Sequence[Rule]
    options: Callable[[Path], Options]


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def judged(paths: Sequence[Path], task: Task, jobs: int) -> Iterator[Done]:
    """Yield what is found in files, in any order.

    Processes are forked, as rules and options are whatever they are; never from among threads.
    """
    forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    if jobs < 2 or len(paths) < PAYS_FROM or not forks:  # noqa: PLR2004 - one job is no parallel work
        yield from each(paths, task)
        return
    size = max(1, len(paths) // (jobs * CHUNKS_PER_JOB))
    chunks = [paths[begin : begin + size] for begin in range(0, len(paths), size)]
    _shared.append(task)
    try:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            for found in pool.imap_unordered(_chunk, chunks):
                yield from found
    finally:
        _shared.pop()


def each(paths: Sequence[Path], task: Task) -> Iterator[Done]:
    """Yield what is found in files, read one after the other."""
    reader = Reader(task.rules)
    garbage = Garbage()
    for path in paths:
        data = content_of(path)
        result = reader.examined(path, task.options(path.parent), data)
        content = digest(data) if isinstance(data, bytes) else b""
        yield Done(path, content, result, frozenset(reader.project_of(path).dependencies()))
        garbage.collect()


_shared: list[Task] = []


def _chunk(paths: Sequence[Path]) -> list[Done]:
    with uncollected():
        return list(each(paths, _shared[-1]))
