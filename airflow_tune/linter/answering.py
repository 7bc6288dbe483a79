"""Keeps what a run of lint printed, for the next run of the same command line."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from airflow_tune.linter import answer
from airflow_tune.linter.cache import PACKAGE
from airflow_tune.linter.request import Outcome, Request
from airflow_tune.linter.watch import Unsettled, Watcher


def keep_answer(
    arguments: Sequence[str],
    request: Request,
    outcome: Outcome,
    printed: tuple[str, str, int],
    looked_at: Iterable[Path],
) -> None:
    """Keep what was printed to stdout and stderr and the exit code, where all that they hang on is known.

    `looked_at` are the files that were looked for to report the outcome. Nothing is kept where the run hung
    on more than files and flags (`outcome.watch` is None), or where a file changed too short a time ago.
    """
    cache, watch = request.cache, outcome.watch
    if cache is None or watch is None or list(arguments[:1]) != ["lint"]:
        return  # Within another program the arguments are that program's.
    if Path(answer.folder(arguments)) != cache.folder:
        return
    watcher = Watcher(cache.began_ns, dict(watch.stamps), set(watch.absent))
    with suppress(Unsettled, OSError):
        for path in (*map(str, looked_at), *code(), *sys.path):
            watcher.either(path)
        found = watcher.watch()
        whole = (request.knowledge.now.strftime("%Y-%m-%d"), found.stamps, found.absent, *printed)
        cache.write(Path(answer.file(arguments)), pickle.dumps(whole, protocol=4))


def code() -> Iterator[str]:
    """Yield the files of this package; the folders that packages are installed in tell of all others."""
    for folder, _, names in os.walk(PACKAGE):
        yield from (f"{folder}/{name}" for name in names if name.endswith(".py"))
