"""The most memory that a process had resident, as the kernel kept it.

`ru_maxrss` of a process starts with what its parent had resident at the time of exec (the kernel carries it
over, fs/exec.c exec_mmap), which is the tool's and not the work's. VmHWM of /proc/self/status belongs to the
process's own memory alone (proc_pid_status(5)), so it is preferred where there is one.
"""

from __future__ import annotations

import resource
import sys

# getrusage(2) counts in KiB; on macOS in bytes.
_UNIT = 1 if sys.platform == "darwin" else 1024


def peak_bytes() -> int:
    """Return the most that this process itself had resident."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - light
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def largest_peak_bytes() -> int:
    """Return the most that this process or one of the children that it waited for had resident."""
    return max(peak_bytes(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _UNIT)
