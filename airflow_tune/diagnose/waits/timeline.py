"""The waits of one try as pieces in time: the same charges, told one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.asked import EXECUTOR, SCHEDULER, UNKNOWN, Asked
from airflow_tune.diagnose.waits.limit import Limit
from airflow_tune.diagnose.waits.stretches import Stretches


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """From `begin` to `end` (µs since 1970) the try waited for `limit`."""

    begin: int
    end: int
    limit: str


def _capped(limit: Limit, row: int, begin: int, end: int) -> list[tuple[int, int]]:
    group = limit.group[row]
    if group < 0:
        return []
    start, stop = limit.capped.within(np.array([group]), np.array([begin]), np.array([end]))
    spans = slice(int(start[0]), int(stop[0]))
    return list(zip(limit.capped.begin[spans].tolist(), limit.capped.end[spans].tolist(), strict=True))


def _cut(free: tuple[int, int], capped: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """Yield the parts of `free` in turn, and whether each lies in one of the sorted `capped`."""
    at, end = free
    for low, high in capped:
        if high <= at or low >= end:
            continue
        if low > at:
            yield at, low, False
        yield max(at, low), min(high, end), True
        at = min(high, end)
    if at < end:
        yield at, end, False


def charged(limits: Sequence[Limit], row: int, begin: int, end: int, rest: str) -> Iterator[Piece]:
    """Yield the parts of [begin, end) as `limits` take them in turn, and what is left as `rest`."""
    free = [(begin, end)] if end > begin else []
    for limit in limits:
        capped = _capped(limit, row, begin, end) if free else []
        parts = [part for span in free for part in _cut(span, capped)]
        yield from (Piece(low, high, limit.name(int(limit.code[row]))) for low, high, held in parts if held)
        free = [(low, high) for low, high, held in parts if not held]
    yield from (Piece(low, high, rest) for low, high in free)


def timeline(asked: Asked, waits: Stretches, row: int) -> tuple[Piece, ...]:
    """Return what try `row` waited for, in order of time; its pieces sum to its charges."""
    pieces: list[Piece] = []
    for at in np.flatnonzero(waits.row == row):
        ready, scheduled, queued, start = (
            int(column[at]) for column in (waits.ready, waits.scheduled, waits.queued, waits.start)
        )
        if scheduled > ready:
            pieces.append(Piece(ready, scheduled, SCHEDULER))
        if waits.lost[at]:
            limits = (*asked.before_queued, *asked.before_start)
            pieces.extend(charged(limits, row, scheduled, start, UNKNOWN))
            continue
        pieces.extend(charged(asked.before_queued, row, scheduled, queued, SCHEDULER))
        pieces.extend(charged(asked.before_start, row, queued, start, EXECUTOR))
    return tuple(sorted(pieces))
