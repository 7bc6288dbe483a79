"""The rules of thumb that people size tasks by, as they are written: what they say, right or wrong."""

from __future__ import annotations

_MOST_BATCH = 10_000
_MOST_PARALLELISM = 32
_ITEM_BYTES = 1024
_BATCH_S = 300.0
_MEMORY_SHARE = 0.8
_WORTH_SPLITTING = 1_000
_COMPLEX = 0.5
_MANY_CORES = 2
_POOL_BASES = {"cpu_intensive": 2, "io_intensive": 4, "memory_intensive": 1, "network_intensive": 5}
_OTHER_BASE = 2


def optimal_batch_size(memory_bytes: float, unit_s: float) -> int:
    """Return the batch that takes 80 % of the memory at 1 KiB a unit, or 5 minutes, and 10,000 at most."""
    by_memory = memory_bytes * _MEMORY_SHARE / _ITEM_BYTES
    return max(int(min(by_memory, _BATCH_S / unit_s, _MOST_BATCH)), 1)


def should_parallelize(units: float, complexity: float, cores: float) -> bool:
    """Return whether there are over 1,000 units, a complexity over 0.5 (of no unit), and over two cores."""
    return units > _WORTH_SPLITTING and complexity > _COMPLEX and cores > _MANY_CORES


def calculate_parallelism(cores: float, memory_bytes: float, task_bytes: float) -> int:
    """Return twice the cores, or as many as fit into memory, and 32 at most."""
    return max(int(min(cores * 2, memory_bytes / task_bytes, _MOST_PARALLELISM)), 1)


def optimal_pool_size(kind: str, intensity: float, capacity: float) -> int:
    """Return slots by the kind of work (2 for CPU, 4 for I/O, 1 for memory, 5 for network) times capacity."""
    return max(int(_POOL_BASES.get(kind, _OTHER_BASE) * min(intensity, 1.0) * capacity), 1)
