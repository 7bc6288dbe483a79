"""Children that do not outlive who started them, however that one ends."""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(parent: int = 0) -> None:
    """Let the kernel kill this process once its parent is gone; a no-op elsewhere than on Linux.

    Who was forked names its `parent`, which may be gone before this is reached.
    """
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - for Linux only

    parent = parent or os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
