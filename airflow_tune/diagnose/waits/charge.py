"""Charge every part of every wait: to the limits asked in turn, and what is left to the machinery."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from airflow_tune.diagnose.waits.asked import EXECUTOR, SCHEDULER, UNKNOWN, Asked
from airflow_tune.diagnose.waits.limit import Limit
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.shares import OneByOne, Shares, shared_out
from airflow_tune.diagnose.waits.stretches import Stretches, cut, in_order, parts_of, stretches_of
from airflow_tune.history.column import Ints
from airflow_tune.history.model import History

WORKERS = 2
"""Parts charged at the same time: numpy and what is compiled let go of the interpreter's lock."""

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Charges:
    """Who waited for what, in columns: `micros[i]` of try `row[i]` go to the limit `names[limit[i]]`.

    The charges of one try to one limit stand beside one another, as far as those of that limit go.
    """

    row: Ints
    limit: Ints
    micros: Ints
    names: tuple[str, ...]
    total_micros: int


class _Book:
    """Collects charges; limits get their codes as they come."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.entries: list[tuple[Ints, Ints, Ints]] = []

    def one(self, name: str, row: Ints, spent: Ints) -> None:
        """Charge `spent` of tries `row` to the limit `name`."""
        some = np.flatnonzero(spent > 0)
        if len(some):
            code = self.names.setdefault(name, len(self.names))
            self.entries.append((row[some], np.full(len(some), code, np.int32), spent[some]))

    def many(self, limit: Limit, row: Ints, spent: Ints) -> None:
        """Charge `spent` of tries `row` to whatever `limit` is called for each of them."""
        code = limit.code[row]
        own = np.full(int(code.max(initial=-1)) + 1, -1, np.int32)
        for one in np.flatnonzero(np.bincount(code)).tolist():
            own[one] = self.names.setdefault(limit.name(one), len(self.names))
        self.entries.append((row, own[code], spent))

    def closed(self, total: int) -> Charges:
        """Return all that was charged."""
        no_rows, no_time = np.zeros(0, np.int32), np.zeros(0, np.int64)
        entries = [(no_rows, no_rows, no_time), *self.entries]
        row, limit, micros = (np.concatenate(column) for column in zip(*entries, strict=True))
        return Charges(row, limit, micros, tuple(self.names), total)


def _booked(waits: Stretches, shares: Shares) -> Charges:
    """Return the charges of `waits`, which were shared out as `shares` says."""
    book = _Book()
    left = np.where(waits.lost, 0, shares.left_queued)
    twice = np.column_stack([waits.scheduled - waits.ready, left]).ravel()
    book.one(SCHEDULER, np.repeat(waits.row, 2), twice)
    for limit, places, spent in shares.by_limit():
        book.many(limit, waits.row[places], spent)
    book.one(UNKNOWN, waits.row, np.where(waits.lost, shares.left_queued, 0))
    book.one(EXECUTOR, waits.row, shares.left_start)
    return book.closed(int((waits.start - waits.ready).sum()))


def charged_in_parts(history: History, machinery: Machinery, asked: Asked | None = None) -> Iterator[Charges]:
    """Yield every wait of `history`, charged in full: the charges sum to the total exactly.

    `asked` are the limits of `history`, where they are there already. A part holds some 125,000 waits,
    all of a try in the same part, and its own codes of limits. The next parts are charged meanwhile.
    """
    limits = Asked.of(history, machinery) if asked is None else asked
    one_by_one, others = OneByOne(limits), list[Stretches]()

    def charged(rows: slice) -> Charges:
        waits, shares, rest = one_by_one.shared_out(stretches_of(history, rows))
        if len(rest):
            others.append(rest)
        return _booked(waits, shares)

    def charged_by_class(part: Stretches) -> Charges:
        return _booked(part, shared_out(limits, part))

    yield from _side_by_side(charged, parts_of(history))
    yield from _side_by_side(charged_by_class, cut(in_order(sorted(others, key=lambda part: part.row[0]))))


def _side_by_side(work: Callable[[Part], Charges], parts: Iterable[Part]) -> Iterator[Charges]:
    """Yield what `work` makes of each part, of WORKERS parts at the same time."""
    begun: deque[Future[Charges]] = deque()
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        for part in parts:
            begun.append(pool.submit(work, part))
            if len(begun) > WORKERS:
                yield begun.popleft().result()
        for one in begun:
            yield one.result()
