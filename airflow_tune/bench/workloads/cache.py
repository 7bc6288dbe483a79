"""From when on a cache in memory with a time to live pays: what hits, misses and computing anew cost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import cycle

from airflow_tune.bench.kit.answer import Found
from airflow_tune.bench.workload import Call, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult
from airflow_tune.units import format_duration

_SIZE = 1_000
_TTL_S = 3_600
_TURNS = 200
_CALLS = 100
_COMPUTE, _HIT, _DIGEST, _MISS, _LRU = "compute", "hit", "hit, MD5 as key", "miss", "hit, lru_cache"


def compute(key: int) -> int:
    """Compute some tens of microseconds."""
    return sum(number * key % 7 for number in range(_TURNS))


def _digest(key: int) -> str:
    """Return the key as caches for any arguments make it: a hash of name and arguments."""
    return hashlib.md5(f"compute:{(key,)}:{[]}".encode(), usedforsecurity=False).hexdigest()


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what asks for a hundred values in the way of the variant."""
    get, keys = _ways()[str(order.parameters["way"])]()

    def ask() -> None:
        for _, key in zip(range(_CALLS), keys, strict=False):
            get(key)

    yield ask


def _ways() -> dict[str, Callable[[], tuple[Callable[[int], object], Iterator[int]]]]:
    """Return what makes the function and the keys to ask for, by the way."""
    from cachetools import TTLCache, cached  # noqa: PLC0415 - only the process that measures needs it

    def cache() -> TTLCache[object, int]:
        return TTLCache(_SIZE, _TTL_S)

    def made(
        cached_get: Callable[[int], object], keys: range
    ) -> tuple[Callable[[int], object], Iterator[int]]:
        for key in keys:
            cached_get(key)
        return cached_get, cycle(keys)

    few, many = range(_SIZE // 2), range(_SIZE * 3)
    return {
        _COMPUTE: lambda: (compute, cycle(few)),
        _HIT: lambda: made(cached(cache())(compute), few),
        _DIGEST: lambda: made(cached(cache(), key=_digest)(compute), few),
        _MISS: lambda: made(cached(cache())(compute), many),
        _LRU: lambda: made(lru_cache(_SIZE)(compute), few),
    }


def _variants(wishes: Wishes) -> Sequence[Variant]:  # noqa: ARG001 - the same everywhere
    return [Variant(name, {"way": name}, _CALLS) for name in (_COMPUTE, _HIT, _DIGEST, _MISS, _LRU)]


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have((_COMPUTE, _HIT, _DIGEST, _MISS, _LRU)):
        return ""
    over = found.more(_MISS, _COMPUTE)
    pays = 2 * found[_HIT] + over
    return (
        f"A hit costs {format_duration(found[_HIT])}, a miss {format_duration(over)} on top of computing:"
        f" where every second call hits, cache what takes longer than {format_duration(pays)}; an MD5 as key"
        f" makes a hit cost {format_duration(found[_DIGEST])}, lru_cache, without time to live,"
        f" {format_duration(found[_LRU])}."
    )


WORKLOAD = Workload(
    name="cache",
    question="From when on does a cache in memory with a time to live pay?",
    unit="call",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_COMPUTE,
)
