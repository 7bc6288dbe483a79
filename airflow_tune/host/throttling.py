"""How often a CPU quota stopped the process's groups: cpu.stat of cgroup v1 and v2.

v1 (scheduler/sched-bwc) counts `throttled_time` in ns, v2 (admin-guide/cgroup-v2) `throttled_usec` in µs.
"""

from __future__ import annotations

from typing import NamedTuple

from airflow_tune.host.cgroup import cpu_directories
from airflow_tune.host.tree import KernelTree

_UNITS = {"throttled_time": 1e-9, "throttled_usec": 1e-6}


class Throttling(NamedTuple):
    """Counted since the group was made: periods with a quota, those in which it ran out, and for how long."""

    periods: int
    throttled_periods: int
    throttled_s: float

    def since(self, before: Throttling) -> Throttling:
        """Return what was counted after `before`."""
        return Throttling(
            self.periods - before.periods,
            self.throttled_periods - before.throttled_periods,
            self.throttled_s - before.throttled_s,
        )


def read_throttling(tree: KernelTree) -> Throttling | None:
    """Return the counters of the level that was throttled longest, None where no level has any."""
    files = (tree.read(f"{directory}/cpu.stat").content for directory in cpu_directories(tree))
    return max(filter(None, map(_counters, filter(None, files))), key=lambda each: each[1:], default=None)


def _counters(text: str) -> Throttling | None:
    pairs = (line.split() for line in text.splitlines())
    found = {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}  # noqa: PLR2004
    if "nr_periods" not in found:
        return None
    lasted = sum(found.get(name, 0) * unit for name, unit in _UNITS.items())
    return Throttling(found["nr_periods"], found.get("nr_throttled", 0), lasted)
