"""Backups beside the file: `airflow.cfg.airflow-tune-20261123T201500Z.bak`, never overwritten."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from airflow_tune.apply.failure import told
from airflow_tune.apply.temporary import temporary_copy

_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"\.airflow-tune-(?P<time>\d{8}T\d{6}Z)(?:-(?P<count>\d+))?\.bak")
# What a file system without hard links answers.
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


@dataclass(frozen=True, slots=True)
class Backup:
    """A file kept before a change: its path, the UTC time in its name, and its size.

    `count` is 1, or higher for a further backup within the same second.
    """

    path: Path
    made_at: datetime
    size_bytes: int
    count: int = 1


def list_backups(cfg: Path) -> list[Backup]:
    """Return the backups of `cfg`, newest first; raise ApplyError if its directory cannot be read.

    They lie beside the file itself, not beside a symbolic link to it, and may outlive it.
    """
    target = Path(os.path.realpath(cfg))
    with told(target.parent, "its backups could not be listed"):
        found = [_recognised(target, path) for path in target.parent.iterdir()]
    backups = [backup for backup in found if backup]
    return sorted(backups, key=lambda backup: (backup.made_at, backup.count), reverse=True)


def _recognised(target: Path, path: Path) -> Backup | None:
    if not path.name.startswith(target.name):
        return None
    name = _NAME.fullmatch(path.name, len(target.name))
    if not name or not path.is_file():
        return None
    try:
        made_at = datetime.strptime(name["time"], _TIME).replace(tzinfo=timezone.utc)
    except ValueError:  # digits that are no date: not one of ours
        return None
    return Backup(path, made_at, path.stat().st_size, int(name["count"] or 1))


def make_backup(target: Path, data: bytes, now: datetime) -> Path:
    """Keep `data`, the content of `target`, beside it under a new name and return that name.

    It appears complete or not at all; its directory is still to be synced. `now` must be aware of
    its time zone. Raise OSError or ApplyError.
    """
    with temporary_copy(target, data) as copy:
        return _named(copy, target, now)


def _named(copy: Path, target: Path, now: datetime) -> Path:
    stem = f"{target.name}.airflow-tune-{now.astimezone(timezone.utc).strftime(_TIME)}"
    count = 1
    while True:
        path = target.with_name(f"{stem}.bak" if count == 1 else f"{stem}-{count}.bak")
        try:
            _move_without_overwriting(copy, path)
        except FileExistsError:
            count += 1
        else:
            return path


def _move_without_overwriting(source: Path, path: Path) -> None:
    try:
        os.link(source, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # The empty file reserves the name; a kill in between leaves it empty, and no backup is lost.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        source.replace(path)
