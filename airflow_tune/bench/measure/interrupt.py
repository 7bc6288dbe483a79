"""Ctrl-C and SIGTERM while a run measures: a wish to stop, which is asked for where stopping is safe."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class Stop:
    """Whether the user wants no more rounds."""

    wanted: bool = False

    def asked(self) -> bool:
        """Return whether to stop."""
        return self.wanted


@contextmanager
def stopping() -> Iterator[Stop]:
    """Give a Stop that these signals set while the body runs; only the main thread can hear them."""
    stop = Stop()

    def heard(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signal calls it
        stop.wanted = True

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    # What nohup has switched off stays off.
    wanted = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, heard) for number in wanted}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
