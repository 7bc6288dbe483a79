"""What the kernel counts of everything that goes on beside what is measured."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from airflow_tune.host.throttling import Throttling, read_throttling
from airflow_tune.host.tree import KernelTree
from airflow_tune.suite.remark import Strain

Number = TypeVar("Number", int, float)
LIVE = KernelTree(Path("/"))
# proc_stat(5): user nice system idle iowait irq softirq steal, in ticks; guest time is in user already.
_BUSY = (0, 1, 2, 5, 6)
_STEAL = 7
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SWAPPED = frozenset({"pswpin", "pswpout"})


@dataclass(frozen=True, slots=True)
class Counters:
    """At one moment: CPU time of all and of this process with its children, and what was swapped."""

    at_s: float
    own_s: float
    busy_s: float | None
    steal_s: float | None
    swapped_bytes: int | None
    throttling: Throttling | None

    def since(self, before: Counters, cores: int) -> Strain:
        """Return what happened from `before` to now on a machine of `cores`."""
        wall = max(self.at_s - before.at_s, 1e-9)
        throttled = self.throttling and before.throttling and self.throttling.since(before.throttling)
        others = _gained(self.busy_s, before.busy_s)
        if others is not None:
            others = max(others - (self.own_s - before.own_s), 0.0)
        steal, swapped = (
            _gained(self.steal_s, before.steal_s),
            _gained(self.swapped_bytes, before.swapped_bytes),
        )
        return Strain(
            wall_s=wall,
            steal_share=_share(steal, wall * cores),
            others_share=_share(others, wall * cores),
            periods=throttled.periods if throttled else None,
            throttled_periods=throttled.throttled_periods if throttled else None,
            throttled_s=throttled.throttled_s if throttled else None,
            swapped_bytes=None if swapped is None else int(swapped),
        )


def read_counters(tree: KernelTree = LIVE) -> Counters:
    """Return the counters as they are now; what the kernel does not tell is None."""
    busy, steal = _cpu(tree.read("/proc/stat").content or "")
    return Counters(
        at_s=time.monotonic(),
        own_s=_own_s(),
        busy_s=busy,
        steal_s=steal,
        swapped_bytes=_swapped(tree.read("/proc/vmstat").content or ""),
        throttling=read_throttling(tree),
    )


def read_load(tree: KernelTree = LIVE) -> float | None:
    """Return the load average of the last minute."""
    words = (tree.read("/proc/loadavg").content or "").split()
    if words:
        return float(words[0])
    try:
        return os.getloadavg()[0]
    except OSError:
        return None


def read_governors(cores: int, tree: KernelTree = LIVE) -> tuple[str, ...]:
    """Return the frequency governors that the CPUs run under, each once; none where nothing is governed."""
    path = "/sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor"
    found = (tree.read(path.format(number)).content for number in range(cores))
    return tuple(sorted({name.strip() for name in found if name}))


def _own_s() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _cpu(stat: str) -> tuple[float | None, float | None]:
    name, *words = stat.partition("\n")[0].split() or [""]
    if name != "cpu" or len(words) <= _STEAL:
        return None, None
    ticks = [int(word) for word in words]
    return sum(ticks[index] for index in _BUSY) * _TICK_S, ticks[_STEAL] * _TICK_S


def _swapped(vmstat: str) -> int | None:
    pairs = (line.split() for line in vmstat.splitlines())
    pages = [int(pair[1]) for pair in pairs if pair and pair[0] in _SWAPPED]
    return sum(pages) * _PAGE if pages else None


def _gained(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else max(now - before, 0)


def _share(part: float | None, whole: float) -> float | None:
    return None if part is None else min(part / whole, 1.0)


def joined(one: Strain, other: Strain) -> Strain:
    """Return what happened over both of two stretches of time."""
    wall = one.wall_s + other.wall_s
    return Strain(
        wall_s=wall,
        steal_share=_averaged(one.steal_share, one.wall_s, other.steal_share, other.wall_s),
        others_share=_averaged(one.others_share, one.wall_s, other.others_share, other.wall_s),
        periods=_summed(one.periods, other.periods),
        throttled_periods=_summed(one.throttled_periods, other.throttled_periods),
        throttled_s=_summed(one.throttled_s, other.throttled_s),
        swapped_bytes=_summed(one.swapped_bytes, other.swapped_bytes),
    )


def _averaged(one: float | None, weight: float, other: float | None, others_weight: float) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return (one * weight + other * others_weight) / max(weight + others_weight, 1e-9)


def _summed(one: Number | None, other: Number | None) -> Number | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
