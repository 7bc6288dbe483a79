"""What each limit takes of each stretch of waiting, and what is left to the machinery."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.compiled import bigs, octets, rows
from airflow_tune.diagnose.native import call
from airflow_tune.diagnose.waits.asked import Asked
from airflow_tune.diagnose.waits.layer import Chain
from airflow_tune.diagnose.waits.limit import Limit
from airflow_tune.diagnose.waits.stretches import Stretches
from airflow_tune.history.column import AnyArray, Ints

Taken = tuple[Limit, Ints, Ints]
"""A limit, the places of the stretches that it took from, and how many µs of each."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How some stretches were shared out: what limits took, and what was left up to queued and to start.

    Of a first start before a deferral (`lost`), all that is left is in `left_queued`.
    """

    taken: list[Taken]
    left_queued: Ints
    left_start: Ints

    def by_limit(self) -> Iterator[Taken]:
        """Yield what each limit took; what it took at its several turns is joined, in order of the places."""
        turns: dict[object, list[Taken]] = {}
        for one in self.taken:
            turns.setdefault(one[0].name, []).append(one)
        for turn in turns.values():
            limit = turn[0][0]
            places, spent = (np.concatenate([one[column] for one in turn]) for column in (1, 2))
            order = np.argsort(places, kind="stable") if len(turn) > 1 else slice(None)
            yield limit, places[order], spent[order]


def shared_out(asked: Asked, waits: Stretches) -> Shares:
    """Return how `waits` are shared out among the limits of `asked`, class by class."""
    before = Chain(waits.scheduled, np.where(waits.lost, waits.start, waits.queued))
    after = Chain(waits.queued, np.where(waits.lost, waits.queued, waits.start))
    taken = [_taken(before, limit, limit.group[waits.row]) for limit in asked.before_queued]
    for limit in asked.before_start:
        group = limit.group[waits.row]
        taken.append(_taken(before, limit, np.where(waits.lost, group, -1)))
        taken.append(_taken(after, limit, group))
    return Shares(taken, before.left, after.left)


def _taken(chain: Chain, limit: Limit, group: Ints) -> Taken:
    places, spent = chain.ask(limit.capped, group)
    some = np.flatnonzero(spent)
    return limit, places[some], spent[some]


class OneByOne:
    """Shares stretches out one by one, compiled, where they meet few intervals each."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._limits = (*asked.before_queued, *asked.before_start)
        self._fields = [_fields(limit) for limit in self._limits]

    def shared_out(self, waits: Stretches) -> tuple[Stretches, Shares, Stretches]:
        """Return most of `waits`, how they are shared out, and the others.

        The others meet so many intervals that classes are cheaper; all waits of one try go the same way.
        Where nothing is compiled they are all the others.
        """
        count = len(waits)
        spent = np.empty((len(self._limits), count), np.int64)
        left_queued, left_start = np.empty(count, np.int64), np.empty(count, np.int64)
        spared = np.empty(count, np.int8)
        columns = (rows(waits.row), bigs(waits.scheduled), bigs(waits.queued), bigs(waits.start))
        sizes = (count, len(self._asked.before_queued), len(self._asked.before_start))
        out = (spent, left_queued, left_start, spared)
        fields = [field for limit in self._fields for field in limit]
        many = call("charge", [*sizes, *columns, octets(waits.lost), *out], fields)
        if many is None:
            spared[:] = 1
        others = waits.at(np.flatnonzero(spared) if many != 0 else slice(0, 0))
        if many != 0:
            kept = np.flatnonzero(spared == 0)
            waits, spent = waits.at(kept), spent[:, kept]
            left_queued, left_start = left_queued[kept], left_start[kept]
        taken = [_some(limit, own) for limit, own in zip(self._limits, spent, strict=True)]
        return waits, Shares(taken, left_queued, left_start), others


def _some(limit: Limit, spent: Ints) -> Taken:
    places = np.flatnonzero(spent)
    return limit, places, spent[places]


def _fields(limit: Limit) -> tuple[AnyArray | int, ...]:
    """Return the fields of `limit` in core/charge.h."""
    capped, one_for_all = limit.capped, limit.group.strides == (0,)
    group = rows(limit.group[:1] if one_for_all else limit.group)
    first = np.searchsorted(capped.group, np.arange(int(group.max(initial=0)) + 2))
    return bigs(capped.begin), bigs(capped.end), bigs(first), group, int(not one_for_all), 0
