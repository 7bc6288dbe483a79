"""When garbage is collected while many files are read: hardly ever, as most of it goes by itself."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

GROWTH = 3_000_000
"""Blocks of memory, some 70 bytes each, by which a process grows before it looks for garbage.

Most of what grows is in use, such as trees of modules that many files import: to look at it once takes as
long as to parse it, and finds next to nothing.
"""
EACH = 32
"""Files after which the blocks are counted, which takes the longer the more there are."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector away from growing trees: it would walk them again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.unfreeze()
            gc.enable()


@dataclass(slots=True)
class Garbage:
    """Collects garbage after each growth; what outlived that is not looked at again."""

    blocks: int = field(default_factory=sys.getallocatedblocks)
    asked: int = 0

    def collect(self) -> None:
        """Collect garbage if the process has grown enough since the last time, each so often it is asked."""
        self.asked += 1
        if self.asked % EACH == 0 and sys.getallocatedblocks() - self.blocks > GROWTH:
            gc.collect()
            gc.freeze()
            self.blocks = sys.getallocatedblocks()
