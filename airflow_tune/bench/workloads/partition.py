"""Whether it pays to part rows and work on the parts in processes, by hash or by time, even and skewed.

The rows are parted, sent to the processes and counted there within the time that is taken, as a task has to.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.pool import Pool
from typing import TypeAlias

from airflow_tune.bench.kit.answer import Found, times
from airflow_tune.bench.kit.forked import forked_pool
from airflow_tune.bench.kit.levels import whole_cores
from airflow_tune.bench.workload import Call, Length, Order, Variant, Wishes, Workload
from airflow_tune.suite.model import Curve, WorkloadResult

Row: TypeAlias = tuple[int, int]
"""A key and the second of the day."""
_KEYS = 997
_HOT = 0
_TURNS = 150
_DAY_S = 86_400
_HOUR_S = 3_600
_SALTS = 64
"""Into so many keys a hot one is spread."""
_WHOLE, _HASH, _SKEWED, _SALTED, _TIME = (
    "not parted",
    "by hash",
    "by hash, half on one key",
    "half on one key, salted",
    "by hour",
)
_WAYS = (_WHOLE, _HASH, _SKEWED, _SALTED, _TIME)


def work(rows: Sequence[Row]) -> int:
    """Work on rows, for each some microseconds of Python."""
    found = 0
    for key, second in rows:
        for turn in range(_TURNS):
            found = (found + key * turn + second) % 1_000_003
    return found


def _rows(count: int, *, skewed: bool) -> list[Row]:
    """Return rows over a day; with `skewed`, every second one has the same key."""
    return [
        (_HOT if skewed and number % 2 else number % _KEYS, number * _DAY_S // count)
        for number in range(count)
    ]


def _parted(rows: Iterable[Row], place: Callable[[int, Row], int]) -> list[list[Row]]:
    parts: dict[int, list[Row]] = defaultdict(list)
    for number, row in enumerate(rows):
        parts[place(number, row)].append(row)
    return list(parts.values())


def _hashed(key: object, parts: int) -> int:
    return zlib.crc32(repr(key).encode()) % parts


def _places(parts: int) -> dict[str, Callable[[int, Row], int]]:
    """Return which part a row belongs to, by the way of parting."""
    return {
        _HASH: lambda _, row: _hashed(row[0], parts),
        _SKEWED: lambda _, row: _hashed(row[0], parts),
        _SALTED: lambda number, row: _hashed((row[0], number % _SALTS), parts),
        _TIME: lambda _, row: row[1] // _HOUR_S,
    }


@contextmanager
def prepare(order: Order) -> Iterator[Call]:
    """Give what works on all rows, in this process or parted in a pool that is there already."""
    way, workers = str(order.parameters["partition"]), int(order.parameters["processes"])
    rows = _rows(int(order.scale), skewed=way in {_SKEWED, _SALTED})
    if way == _WHOLE:
        yield lambda: work(rows)
        return
    with forked_pool(workers) as pool:
        yield lambda: _together(pool, rows, _places(workers)[way])


def _together(pool: Pool, rows: Iterable[Row], place: Callable[[int, Row], int]) -> int:
    return sum(pool.map(work, _parted(rows, place), chunksize=1))


def _variants(wishes: Wishes) -> Sequence[Variant]:
    workers = max(whole_cores(wishes.cores), 2)
    count = 2_000 if wishes.length is Length.QUICK else 5_000
    return [
        Variant(way, {"partition": way, "processes": 1 if way == _WHOLE else workers}, count) for way in _WAYS
    ]


def _answer(result: WorkloadResult) -> str:
    found = Found(result)
    if not found.have(_WAYS):
        return ""
    best = min((_HASH, _TIME), key=found.__getitem__)
    if found.same(_WHOLE, best) or found[best] > found[_WHOLE]:
        return (
            f"Parted work is {found.faster(_WHOLE, best)} at best here: leave rows as cheap as these in one"
            " process."
        )
    return (
        f"Parts {best} in processes are {found.than(_WHOLE, best)} one process; with half of the rows"
        f" on one key they take {times(found[_SKEWED] / found[_HASH])} as long, with that key salted"
        f" {times(found[_SALTED] / found[_HASH])}: look for a hot key before adding processes."
    )


WORKLOAD = Workload(
    name="partition",
    question="Does it pay to part rows by hash or by time and work on the parts in processes?",
    unit="row",
    curve=Curve.ALTERNATIVES,
    variants=_variants,
    answer=_answer,
    reference=_WHOLE,
)
