"""The new content of a file, complete on disk under another name before anything is replaced."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from airflow_tune.apply.attribute import carry_attributes

_MARK = ".airflow-tune-"
_END = ".tmp"


@contextmanager
def temporary_copy(target: Path, data: bytes, *, new: bool = False) -> Iterator[Path]:
    """Yield a synced file beside `target` that holds `data` and has its owner, mode and attributes.

    For a `new` target these are what any new file gets. The file is gone afterwards, unless it was
    renamed. Raise OSError or ApplyError, leaving no file.
    """
    path = target.with_name(f".{target.name}{_MARK}{secrets.token_hex(8)}{_END}")
    # Nobody else may read it before it has the target's mode: a cfg holds passwords.
    mode = 0o666 if new else 0o600
    fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            if not new:
                carry_attributes(target, fd)
            os.fsync(fd)
        yield path
    finally:
        path.unlink(missing_ok=True)


def sweep(target: Path) -> None:
    """Remove what killed runs left beside `target`; call it with the lock held, so that none is in use."""
    for path in target.parent.iterdir():
        if path.name.startswith(f".{target.name}{_MARK}") and path.name.endswith(_END):
            with suppress(OSError):
                path.unlink()


def sync_directory(directory: Path) -> None:
    """Make renames in `directory` survive a power loss; raise OSError."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
