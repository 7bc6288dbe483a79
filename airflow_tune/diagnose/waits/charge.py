"""Charge every part of every wait: to the limits asked in turn, and what is left to the machinery."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.asked import EXECUTOR, SCHEDULER, UNKNOWN, Asked
from airflow_tune.diagnose.waits.layer import Chain
from airflow_tune.diagnose.waits.limit import Limit
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.stretches import Stretches, stretches
from airflow_tune.history.column import Ints
from airflow_tune.history.model import History

PART_ROWS = 125_000
"""How many waits are charged at a time: what that takes in memory does not grow with the history."""
WORKERS = 2
"""Parts charged at the same time: numpy lets go of the interpreter's lock while it works."""


@dataclass(frozen=True, slots=True)
class Charges:
    """Who waited for what, in columns: `micros[i]` of try `row[i]` go to the limit `names[limit[i]]`."""

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
        some = spent > 0
        if np.any(some):
            code = self.names.setdefault(name, len(self.names))
            self.entries.append((row[some], np.full(int(some.sum()), code), spent[some]))

    def many(self, limit: Limit, row: Ints, spent: Ints) -> None:
        """Charge `spent` of tries `row` to whatever `limit` is called for each of them."""
        some = spent > 0
        row, spent = row[some], spent[some]
        code = limit.code[row]
        own = np.full(int(code.max(initial=-1)) + 1, -1)
        for one in np.flatnonzero(np.bincount(code)).tolist():
            own[one] = self.names.setdefault(limit.name(one), len(self.names))
        self.entries.append((row, own[code], spent))

    def closed(self, total: int) -> Charges:
        """Return all that was charged."""
        empty = np.zeros(0, np.int64)
        entries = [(empty, empty, empty), *self.entries]
        row, limit, micros = (np.concatenate(column) for column in zip(*entries, strict=True))
        return Charges(row, limit, micros, tuple(self.names), total)


def _before_queued(asked: Asked, waits: Stretches, book: _Book) -> None:
    """Charge from scheduled to queued, and first starts whose own times were overwritten as a whole."""
    chain = Chain(waits.scheduled, np.where(waits.lost, waits.start, waits.queued))
    for limit in asked.before_queued:
        rows, spent = chain.ask(limit.capped, limit.group[waits.row])
        book.many(limit, waits.row[rows], spent)
    for limit in asked.before_start:
        rows, spent = chain.ask(limit.capped, np.where(waits.lost, limit.group[waits.row], -1))
        book.many(limit, waits.row[rows], spent)
    book.one(SCHEDULER, waits.row[~waits.lost], chain.left[~waits.lost])
    book.one(UNKNOWN, waits.row[waits.lost], chain.left[waits.lost])


def _before_start(asked: Asked, waits: Stretches, book: _Book) -> None:
    """Charge from queued to start."""
    rows = np.flatnonzero((waits.start > waits.queued) & ~waits.lost)
    chain = Chain(waits.queued[rows], waits.start[rows])
    for limit in asked.before_start:
        touched, spent = chain.ask(limit.capped, limit.group[waits.row[rows]])
        book.many(limit, waits.row[rows[touched]], spent)
    book.one(EXECUTOR, waits.row[rows], chain.left)


def charged_in_parts(history: History, machinery: Machinery, asked: Asked | None = None) -> Iterator[Charges]:
    """Yield every wait of `history`, charged in full: the charges sum to the total exactly.

    `asked` are the limits of `history`, where they are there already. A part holds some 125,000 waits,
    all of a try in the same part, and its own codes of limits. The next parts are charged meanwhile.
    """
    # In this order the memory that the limits take to work out is free again when the waits come.
    asked = Asked.of(history, machinery) if asked is None else asked
    begun: deque[Future[Charges]] = deque()
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        for part in _parts(stretches(history)):
            begun.append(pool.submit(_charged, asked, part))
            if len(begun) > WORKERS:
                yield begun.popleft().result()
        for one in begun:
            yield one.result()


def _charged(asked: Asked, part: Stretches) -> Charges:
    book = _Book()
    book.one(SCHEDULER, part.row, part.scheduled - part.ready)
    _before_queued(asked, part, book)
    _before_start(asked, part, book)
    return book.closed(int((part.start - part.ready).sum()))


def _parts(waits: Stretches) -> Iterator[Stretches]:
    """Yield `waits` cut where a new try begins."""
    new = np.append(waits.row[1:] != waits.row[:-1], np.ones(1, bool))
    at = 0
    while at < len(waits):
        stop = min(at + PART_ROWS, len(waits))
        stop += int(np.argmax(new[stop - 1 :]))
        yield Stretches(*(getattr(waits, name)[at:stop] for name in Stretches.__slots__))
        at = stop
