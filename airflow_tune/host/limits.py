"""From one kernel file to one limit: what makes no sense is kept with its reason and never used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from airflow_tune.host.model import HostLimit, Resource
from airflow_tune.host.tree import KernelFile
from airflow_tune.origins import Origin

# Returns None for "no limit" and raises ValueError, with the reason, for nonsense.
Parse: TypeAlias = Callable[[str], float | None]

# cgroup v1 says "no limit" as the largest signed 64-bit number rounded down to a page (of 4 to 64 KiB).
_V1_NO_LIMIT = 2**62
_LONGEST_SHOWN = 40
# What the kernel gives a group that names no period of its own (scheduler/sched-bwc).
DEFAULT_PERIOD_US = "100000"
# Well above the 8192 that kernels are built for.
_MOST_CPUS = 2**16


def limit_from(file: KernelFile, resource: Resource, parse: Parse) -> HostLimit | None:
    """Return the limit that a file holds, or None where there is no such file."""
    if file.trouble:
        return HostLimit(resource, None, file.origin(), note=f"could not be read: {file.trouble}")
    return None if file.content is None else limit_of(file.content, file.origin(), resource, parse)


def limit_of(text: str, origin: Origin, resource: Resource, parse: Parse) -> HostLimit:
    """Return the limit that `text` states; nonsense becomes a limit without value, with its reason."""
    try:
        return HostLimit(resource, parse(text), origin)
    except ValueError as error:
        return HostLimit(resource, None, origin, note=f"not used: {error}")


def parse_bytes_limit(text: str) -> int | None:
    """Return bytes; "max", -1 and v1's largest number mean no limit. ValueError for nonsense."""
    word = text.strip()
    if word in {"max", "-1"}:
        return None
    size = whole_number(word)
    if size >= _V1_NO_LIMIT:
        return None
    if size <= 0:
        raise ValueError(f"no process could run with {size} bytes")
    return size


def quota_cores(quota: str, period: str) -> float | None:
    """Return the cores that `quota` µs in each `period` µs come to; "max" and -1 mean no limit."""
    if quota in {"max", "-1"}:
        return None
    time, each = whole_number(quota), whole_number(period)
    if time <= 0 or each <= 0:
        raise ValueError(f"no process could run with {time} of {each} µs")
    return time / each


def count_cpus(text: str) -> int | None:
    """Return how many CPUs a list such as "0-3,7" names; an empty one states no limit of its own."""
    cpus: set[int] = set()
    for part in filter(None, text.strip().split(",")):
        first, dash, last = part.partition("-")
        low, high = whole_number(first), whole_number(last if dash else first)
        if not 0 <= low <= high < _MOST_CPUS:
            raise ValueError(f'"{part}" is no range of CPUs')
        cpus.update(range(low, high + 1))
    return len(cpus) or None


def whole_number(word: str) -> int:
    """Return a whole number of at most 64 bits. ValueError, saying what was found, for anything else."""
    digits = word.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(2**64))):
        raise ValueError(f'"{word[:_LONGEST_SHOWN]}" is no whole number')
    return int(word)
