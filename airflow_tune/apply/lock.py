"""One writer at a time.

The lock file `.NAME.airflow-tune.lock` beside the target is empty and stays there. Removing a file
that others may be waiting on lets two of them in, one on the old and one on a new inode, and the
oldest filelock that is supported does not notice. The kernel drops the lock with its process, so a
killed run never blocks the next.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from airflow_tune.errors import ApplyError

PATIENCE_S = 5.0


@contextmanager
def exclusive(target: Path) -> Iterator[None]:
    """Hold the lock beside `target`; raise ApplyError if another run keeps it for PATIENCE_S, or OSError."""
    # filelock imports asyncio, which no start of the command line should pay for.
    from filelock import FileLock, Timeout  # noqa: PLC0415

    path = target.with_name(f".{target.name}.airflow-tune.lock")
    lock = FileLock(path, timeout=PATIENCE_S, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise ApplyError(
            f"another airflow-tune is writing it (it holds {path.name})",
            where=str(target),
            remedy="wait until it is done and run again",
        ) from None
    try:
        _hand_over(path, target)
        yield
    finally:
        lock.release()


def _hand_over(path: Path, target: Path) -> None:
    # A lock file that root left behind would shut the file's own owner out.
    owner = target.stat()
    with suppress(PermissionError):
        os.chown(path, owner.st_uid, owner.st_gid)
