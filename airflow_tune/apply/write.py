"""Replacing a file: whole or not at all, and only if it is still the one that was read."""

from __future__ import annotations

import errno
import os
import stat
from datetime import datetime
from pathlib import Path

from airflow_tune.apply.backup import make_backup
from airflow_tune.apply.failure import meaning, told
from airflow_tune.apply.lock import exclusive
from airflow_tune.apply.temporary import sweep, sync_directory, temporary_copy
from airflow_tune.errors import ApplyError

_DOING = "could not be written"


def write_atomically(
    path: Path, data: bytes, *, expected: bytes, backup_at: datetime | None = None
) -> Path | None:
    """Replace the content of `path`, which must be `expected`, with `data`.

    A reader sees the old or the new file whole, at any moment and after any kill or power loss.
    Symbolic links stay links; owner, mode, ACL and extended attributes stay as they are. With
    `backup_at` the present content is kept beside it first; return that backup's path. Nothing is
    done, and None returned, if `data` is `expected`.

    Raise ApplyError, with nothing changed and nothing left behind, if the file changed since it
    was read, another run is writing it, or the system refuses. Writers that do not take the lock
    (an editor) are noticed until the rename itself. A hard link to the file keeps the old content.
    """
    if data == expected:
        return None
    with told(path, _DOING):
        target = Path(os.path.realpath(path, strict=True))
        _must_be_regular(target)
        with exclusive(target):
            sweep(target)
            backup = _replace(target, data, expected, backup_at)
    _settle(target)
    return backup


def replace_whole(path: Path, data: bytes) -> None:
    """Write a result to `path`, new or not, whole or not at all.

    Devices and pipes are written to as they are. Raise OSError; ApplyError if the owner or an
    attribute of an existing file cannot be kept.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    with temporary_copy(target, data, new=not target.exists()) as new:
        new.replace(target)


def _must_be_regular(target: Path) -> None:
    mode = target.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise ApplyError("is no regular file", where=str(target), remedy="name an existing airflow.cfg")


def _replace(target: Path, data: bytes, expected: bytes, backup_at: datetime | None) -> Path | None:
    _must_be_unchanged(target, expected)
    with temporary_copy(target, data) as new:
        backup = make_backup(target, expected, backup_at) if backup_at else None
        try:
            sync_directory(target.parent)
            _must_be_unchanged(target, expected)
            new.replace(target)
        except BaseException:
            # An interrupt may come just after the rename: then the backup is wanted.
            if backup and new.exists():
                backup.unlink()
            raise
    return backup


def _must_be_unchanged(target: Path, expected: bytes) -> None:
    if target.read_bytes() != expected:
        raise ApplyError(
            "it changed since it was read, so it was left alone", where=str(target), remedy="run again"
        )


def _settle(target: Path) -> None:
    try:
        sync_directory(target.parent)
    except OSError as error:
        raise meaning(error, target, "was written, but a power loss now could undo it") from error
