"""The last bytes of a file below a folder, without following a symbolic link anywhere on the way."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

TAIL_BYTES = 65_536
"""What is read of a log at most: a traceback and what was written before it."""
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


def read_tail(folder: Path, place: Sequence[str], most: int = TAIL_BYTES) -> str | None:
    """Return the last `most` bytes of the file at `place` (folders, then the file) below `folder`, as text.

    A line that is cut off is left out. None where there is no such plain file, where a symbolic link stands
    on the way, or where it may not be read.
    """
    with ExitStack() as opened:

        def enter(path: str | Path, flags: int, within: int | None) -> int:
            found = os.open(path, flags, dir_fd=within)
            opened.callback(os.close, found)
            return found

        try:
            # The folder itself is the user's own word, and may be a link.
            at = enter(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, None)
            for part in place[:-1]:
                at = enter(part, _FLAGS | os.O_DIRECTORY, at)
            # A pipe would block the opening.
            return _tail(enter(place[-1], _FLAGS | os.O_NONBLOCK, at), most)
        except OSError:
            return None


def _tail(file: int, most: int) -> str | None:
    facts = os.fstat(file)
    if not stat.S_ISREG(facts.st_mode):
        return None
    skipped = max(facts.st_size - most, 0)
    text = os.pread(file, most, skipped).decode("utf-8", errors="replace")
    return text.partition("\n")[2] if skipped else text
