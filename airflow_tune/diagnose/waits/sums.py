"""Charges summed up by limit: how much, of how many, from when to when, and who waited longest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.compiled import bigs, rows
from airflow_tune.diagnose.native import call
from airflow_tune.history.column import Ints, Times, distinct, micros, missing

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Moments:
    """Of each row: when it became ready to be taken up, was queued and started; and now (µs)."""

    scheduled: Times
    queued: Times
    start: Times
    now: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Of each limit: µs charged, how many rows it held, from the first wait's begin to the last one's end.

    `longest` are the µs of the longest charges, the first row of equal ones first, `examples` their rows;
    both have a row for each limit, -1 where there are fewer.
    """

    spent: Ints
    held: Ints
    begin: Ints
    end: Ints
    longest: Ints
    examples: Ints


def sums_of(row: Ints, limit: Ints, spent: Ints, limits: int, moments: Moments) -> Sums:
    """Return the sums of charges in columns: `spent[i]` µs of `row[i]` go to `limit[i]` of `limits`.

    The charges of one row to one limit stand beside one another, as far as those of that limit go.
    """
    found = Sums(
        np.zeros(limits, np.int64),
        np.zeros(limits, np.int64),
        np.full(limits, np.iinfo(np.int64).max),
        np.full(limits, np.iinfo(np.int64).min),
        np.full((limits, EXAMPLES), -1),
        np.full((limits, EXAMPLES), -1, np.int32),
    )
    charges = (len(row), rows(row), rows(limit), bigs(spent))
    known = (bigs(micros(one)) for one in (moments.scheduled, moments.queued, moments.start))
    out = (found.spent, found.held, found.begin, found.end, found.longest, found.examples)
    if call("sums", [*charges, *known, moments.now, np.full(limits, -1, np.int32), *out]) is None:
        _sum(found, row, limit, spent, moments)
    return found


def _sum(found: Sums, row: Ints, limit: Ints, spent: Ints, moments: Moments) -> None:
    np.add.at(found.spent, limit, spent)
    pairs = distinct(limit.astype(np.int64) * (int(row.max(initial=0)) + 1) + row)
    found.held[:] = np.bincount(pairs // (int(row.max(initial=0)) + 1), minlength=len(found.held))
    start, since = moments.start[row], moments.scheduled[row]
    for later in (moments.queued[row], start):
        since = np.where(missing(since), later, since)
    np.minimum.at(found.begin, limit, micros(since))
    np.maximum.at(found.end, limit, np.where(missing(start), moments.now, micros(start)))
    left = np.arange(len(row))
    for nth in range(EXAMPLES):
        left = _next_longest(found, nth, left, (row, limit, spent))


def _next_longest(found: Sums, nth: int, left: Ints, charges: tuple[Ints, Ints, Ints]) -> Ints:
    """Write the longest of the charges that are `left` of each limit, and return the places of the others."""
    row, limit, spent = (column[left] for column in charges)
    most, least = found.longest[:, nth], np.full(len(found.spent), np.iinfo(np.int64).max)
    np.maximum.at(most, limit, spent)
    top = np.flatnonzero(spent == most[limit])
    np.minimum.at(least, limit[top], row[top])
    top = top[row[top] == least[limit[top]]]
    found.examples[limit[top], nth] = row[top]
    # Of two charges that are alike one is left.
    _, first = np.unique(limit[top], return_index=True)
    return np.delete(left, top[first])
