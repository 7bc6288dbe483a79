"""What a file or folder cannot change without, short of a change within one tick of its file system."""

from __future__ import annotations

import os
import os.path

TYPE_CHECKING = False  # see answer.py
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

Stamp: TypeAlias = "tuple[int, int, int, int]"
"""What a file's content cannot change without: inode, size, and the times of content and of inode in ns."""
SETTLED_NS = 2_000_000_000
"""A file that changed later than this before a run may change again within one tick of its file system."""


def stamp_of(path: str) -> Stamp:
    """Return a file's stamp; raises OSError where there is none."""
    found = os.stat(path)  # noqa: PTH116 - asked of every file in every run
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def unchanged(stamps: Mapping[str, Stamp], absent: Iterable[str]) -> bool:
    """Return whether all files have the stamps that they had, and what was not there is not."""
    try:
        for path, stamp in stamps.items():
            if stamp_of(path) != stamp:
                return False
    except OSError:
        return False
    return not any(map(os.path.exists, absent))
