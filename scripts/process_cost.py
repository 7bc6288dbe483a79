"""What running processes cost: memory as the kernel accounts it, CPU seconds by process title."""

from __future__ import annotations

import contextlib
import re
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import psutil

READINGS = 5


def title(process: psutil.Process, component: str, root: psutil.Process) -> str:
    """Return component, main or child, and process title without numbers and paths."""
    words = " ".join(process.cmdline()[:6]) or "?"
    words = re.sub(r"/\S*/", "", words)
    place = "main" if process == root else "child"
    return f"{component} {place} | {re.sub(r'[0-9a-f-]{6,}|[0-9]+', '#', words)}"[:110].strip()


def rollup(pid: int) -> tuple[int, int]:
    """Return (PSS, RSS) of a process in bytes."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    pss, rss = (re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE) for name in ("Pss", "Rss"))
    if not pss or not rss:
        raise ProcessLookupError(pid)
    return int(pss[1]) * 1024, int(rss[1]) * 1024


def reading(pids: dict[str, int]) -> dict[str, list[tuple[int, int]]]:
    """Return (PSS, RSS) of every process alive, by title."""
    found = defaultdict(list)
    for component, pid in pids.items():
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error, OSError):
                found[title(process, component, root)].append(rollup(process.pid))
    return found


def memory(pids: dict[str, int], gap_s: float) -> dict[str, Any]:
    """Return medians over a few readings: processes per title, PSS and RSS of one, PSS of all."""
    readings = []
    for _ in range(READINGS):
        readings.append(reading(pids))
        time.sleep(gap_s)
    titles = sorted({name for one in readings for name in one})
    return {name: summary([one[name] for one in readings if name in one]) for name in titles}


def summary(readings: list[list[tuple[int, int]]]) -> dict[str, float]:
    """Return the medians of one title's processes over the readings that saw it."""
    pss, rss = zip(*(pair for one in readings for pair in one), strict=True)
    return {
        "seen": len(readings),
        "processes": statistics.median(map(len, readings)),
        "pss": statistics.median(pss),
        "rss": statistics.median(rss),
        "pss_all": statistics.median(sum(pair[0] for pair in one) for one in readings),
    }


def cpu(pids: dict[str, int]) -> dict[str, tuple[float, float]]:
    """Return (own, reaped children's) CPU seconds by title."""
    found: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for component, pid in pids.items():
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                times, name = process.cpu_times(), title(process, component, root)
                own, reaped = found[name]
                found[name] = (
                    own + times.user + times.system,
                    reaped + times.children_user + times.children_system,
                )
    return found


def spent(before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]) -> dict[str, Any]:
    """Return what was used between two readings of `cpu`, by title."""
    return {
        name: [round(b - a, 3) for a, b in zip(before.get(name, (0.0, 0.0)), now, strict=True)]
        for name, now in sorted(after.items())
    }
