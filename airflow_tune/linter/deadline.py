"""An end to what takes too long: the last resort where a budget of steps is not kept, or a rule has none."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

AGAIN_S = 1.0
"""What goes on regardless, as it was in code that lets no exception out, is interrupted again after this."""


class OverdueError(BaseException):
    """The time is over; no handler of errors takes it for a fault of what it interrupts."""


@contextmanager
def deadline(cpu_s: float) -> Iterator[None]:
    """Raise OverdueError inside after so many seconds of this process's own CPU time, not the system's.

    Only a main thread can be interrupted, and only on systems that have such timers; elsewhere nothing is.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _overdue)
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_s, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _overdue(_number: int, _frame: object) -> None:
    raise OverdueError
