"""The CPUs that the process may run on: taskset, numactl, systemd's CPUAffinity, Windows' affinity."""

from __future__ import annotations

from airflow_tune.host.limits import count_cpus, limit_of
from airflow_tune.host.model import HostLimit, Resource
from airflow_tune.host.tree import KernelTree
from airflow_tune.origins import Origin, OriginKind

_ALLOWED = "Cpus_allowed_list"


def read_affinity(tree: KernelTree, *, live: bool) -> HostLimit | None:
    """Return the limit that affinity sets, or None where the platform knows none."""
    file = tree.read("/proc/self/status")
    for number, line in enumerate((file.content or "").splitlines(), 1):
        name, _, cpus = line.partition(":")
        if name == _ALLOWED:
            return limit_of(cpus, file.origin(number), Resource.CPU, count_cpus)
    return _psutil_affinity() if live else None


def _psutil_affinity() -> HostLimit | None:
    import psutil  # noqa: PLC0415 - only asked where there is no /proc

    # macOS has no affinity, and psutil no such method there.
    ask = getattr(psutil.Process(), "cpu_affinity", None)
    if ask is None:
        return None
    return HostLimit(Resource.CPU, len(ask()) or None, Origin(OriginKind.HOST, "psutil.Process.cpu_affinity"))
