"""How long this thread had a CPU, and how long it was ready and had none, as the kernel counts both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

_SCHEDSTAT = "/proc/thread-self/schedstat"
_NANOSECONDS = 1e-9


class Turn(NamedTuple):
    """Seconds since the thread began: on a CPU, and waiting for one."""

    ran_s: float
    held_s: float


@contextmanager
def watching() -> Iterator[Callable[[], Turn]]:
    """Give a function that tells this thread's Turn (Linux: Documentation/scheduler/sched-stats.rst).

    Where the kernel does not count, it had no CPU and waited for none.
    """
    try:
        file = os.open(_SCHEDSTAT, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield lambda: Turn(0.0, 0.0)
        return
    try:
        yield lambda: _turn(os.pread(file, 100, 0))
    finally:
        os.close(file)


def _turn(text: bytes) -> Turn:
    ran, held, *_ = text.split()
    return Turn(int(ran) * _NANOSECONDS, int(held) * _NANOSECONDS)
