"""What the machine has, whatever of it is granted: /proc where there is one, psutil elsewhere."""

from __future__ import annotations

import re

from airflow_tune.errors import HostError
from airflow_tune.host.tree import KernelTree
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind

_CPU_FILES = (
    ("/proc/stat", re.compile(r"^cpu\d+ ", re.MULTILINE)),
    ("/proc/cpuinfo", re.compile(r"^processor\s*:", re.MULTILINE)),
)
_TOTAL = re.compile(r"^MemTotal:\s*(\d{1,15}) kB", re.MULTILINE)
_KIB = 1024


def machine_cores(tree: KernelTree, *, live: bool) -> Measured[int]:
    """Return the logical CPUs that are on. `live` allows to ask this machine where the tree says nothing."""
    for path, pattern in _CPU_FILES:
        count = len(pattern.findall(tree.read(path).content or ""))
        if count:
            return Measured(count, Origin(OriginKind.HOST, path))
    count = _psutil_cores() if live else 0
    if not count:
        raise HostError("the number of cores could not be read", where="/proc/stat", remedy="give --cores")
    return Measured(count, Origin(OriginKind.HOST, "psutil.cpu_count"))


def machine_memory(tree: KernelTree, *, live: bool) -> Measured[int]:
    """Return the bytes of memory that the kernel manages; see machine_cores."""
    file = tree.read("/proc/meminfo")
    found = _TOTAL.search(file.content or "")
    if found and int(found[1]):
        return Measured(int(found[1]) * _KIB, file.origin())
    if not live:
        raise HostError("the size of memory could not be read", where=file.path, remedy="give --memory")
    import psutil  # noqa: PLC0415 - only asked where there is no /proc

    return Measured(psutil.virtual_memory().total, Origin(OriginKind.HOST, "psutil.virtual_memory"))


def _psutil_cores() -> int:
    import psutil  # noqa: PLC0415 - only asked where there is no /proc

    return psutil.cpu_count() or 0
