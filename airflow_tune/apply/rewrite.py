"""A file as it is and as it shall be: shown, agreed to, then carried out exactly as shown."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from airflow_tune.apply.backup import Backup
from airflow_tune.apply.diff import unified_diff
from airflow_tune.apply.failure import told
from airflow_tune.apply.write import write_atomically
from airflow_tune.errors import ApplyError


@dataclass(frozen=True, slots=True, repr=False)
class Rewrite:
    """The content of `path` before and after; nothing has happened yet."""

    path: Path
    before: bytes
    after: bytes

    @property
    def diff(self) -> str:
        """Return the difference as a unified diff without secrets, "" if there is none."""
        return unified_diff(self.before, self.after, self.path)

    def carry_out(self, *, now: datetime) -> Path | None:
        """Write the file and return the backup of what it held, None if nothing differs.

        Raise ApplyError, with nothing changed, where write_atomically does: above all if the file
        is no longer as it was `before`.
        """
        return write_atomically(self.path, self.after, expected=self.before, backup_at=now)


def restoration(cfg: Path, backup: Backup) -> Rewrite:
    """Return the way back to `backup`; carrying it out keeps what `cfg` holds now in a backup too.

    Raise ApplyError if one of the two cannot be read, and if `cfg` is gone.
    """
    if not os.path.lexists(cfg):
        raise ApplyError(
            "it does not exist, so its owner and mode are unknown",
            where=str(cfg),
            remedy=f"copy the backup yourself: cp -p {backup.path} {cfg}",
        )
    return Rewrite(cfg, read_file(cfg), read_file(backup.path))


def read_file(path: Path) -> bytes:
    """Return the content of the cfg or backup `path`; raise ApplyError if it cannot be read."""
    with told(path, "could not be read"):
        return path.read_bytes()
