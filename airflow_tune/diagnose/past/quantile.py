"""Quantiles and sums of many groups at once."""

from __future__ import annotations

import numpy as np

from airflow_tune.compiled import octets, reals, rows
from airflow_tune.diagnose.native import call
from airflow_tune.history.column import Codes, Floats, Ints

_SHORT = 1 << 16


def by_group(order: Ints, group: Ints, groups: int) -> tuple[Ints, Ints]:
    """Return `order` (which sorts by value) sorted by `group`, and where each group begins in it."""
    first = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))])
    if groups == 1:
        return order, first
    found = np.empty(len(order), np.int32)
    if call("by_group", [len(order), rows(order), rows(group), first[:-1].copy(), found]) is not None:
        return found, first
    own = group[order]
    # numpy sorts 16-bit integers by radix, several times faster than wider ones.
    short = own.astype(np.uint16) if groups < _SHORT else own
    return order[np.argsort(short, kind="stable")], first


def quantiles(value: Floats, grouped: Ints, first: Ints, shares: tuple[float, ...]) -> Floats:
    """Return a row of the nearest-rank quantiles at `shares` for each group; NaN for an empty one."""
    size = np.diff(first)
    found = np.full((len(size), len(shares)), np.nan)
    some = np.flatnonzero(size)
    for at, share in enumerate(shares):
        rank = np.maximum(np.ceil(share * size[some]).astype(np.int64) - 1, 0)
        found[some, at] = value[grouped[first[:-1][some] + rank]]
    return found


def sums(group: Codes, groups: int, outcome: Codes, outcomes: int, value: Floats) -> tuple[Ints, Floats]:
    """Return how many of each group (rows) had each outcome (columns), and the sum of each group's values."""
    ended, spent = np.zeros((groups, outcomes), np.int64), np.zeros(groups)
    columns = (rows(group), octets(outcome), reals(value))
    if call("tally", [len(group), outcomes, *columns, ended, spent]) is None:
        both = group.astype(np.int64) * outcomes + outcome
        ended = np.bincount(both, minlength=groups * outcomes).reshape(groups, outcomes)
        spent = np.bincount(group, value, groups).astype(float)
    return ended, spent
