"""Going back to a backup, as safely as going forward."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from airflow_tune.apply.backup import Backup
from airflow_tune.apply.failure import told
from airflow_tune.apply.write import write_atomically
from airflow_tune.errors import ApplyError


def read_file(path: Path) -> bytes:
    """Return the content of the cfg or backup `path`; raise ApplyError if it cannot be read."""
    with told(path, "could not be read"):
        return path.read_bytes()


def restore(cfg: Path, backup: Backup, *, now: datetime) -> Path | None:
    """Give `cfg` the content of `backup`, keeping its present content in a backup of its own.

    Return the new backup's path, None if the content is the same already. Raise ApplyError, with
    nothing changed, where write_atomically does, and if `cfg` is gone.
    """
    if not os.path.lexists(cfg):
        raise ApplyError(
            "it does not exist, so its owner and mode are unknown",
            where=str(cfg),
            todo=f"copy the backup yourself: cp -p {backup.path} {cfg}",
        )
    return write_atomically(cfg, read_file(backup.path), expected=read_file(cfg), backup_at=now)
