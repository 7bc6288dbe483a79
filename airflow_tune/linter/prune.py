"""Old files of the cache go: those of other versions, folders and command lines, which nobody reads again."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

KEPT_S = 30 * 86_400
"""Seconds since its last use after which a file goes; judgement: projects are linted weekly or more often."""
USED_S = 86_400
"""Seconds after which the use of a file is noted again, in its time of change."""
OWN = re.compile(r"(lint|run|answer)-[0-9a-f]{32}|\.lint-\w{8}")
"""The names of the cache's files; a folder that was named may hold others, which are left alone."""


def prune(folder: Path) -> None:
    """Remove the files of the cache that were not used for long."""
    before = time.time() - KEPT_S
    with suppress(OSError), os.scandir(folder) as found:
        for one in found:
            with suppress(OSError):
                if OWN.fullmatch(one.name) and one.stat(follow_symlinks=False).st_mtime < before:
                    Path(one.path).unlink(missing_ok=True)


def used(path: Path) -> None:
    """Note that a file of the cache was read."""
    with suppress(OSError):
        if path.stat().st_mtime < time.time() - USED_S:
            os.utime(path)
