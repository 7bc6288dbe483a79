"""How many task instances and DAG runs waited for what, over time: in equal spans of the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.run_wait import charge_runs
from airflow_tune.diagnose.waits.spans import WaitSpans, wait_spans
from airflow_tune.history.column import Floats, Ints, micros, missing
from airflow_tune.history.model import History

OTHERS = "others"


@dataclass(frozen=True, slots=True)
class WaitsOverTime:
    """`edges` (µs since 1970) bound the buckets; `waiting` has, by limit, how many waited on average in each.

    The limits stand in the order in which they were asked for; the rest is summed up as OTHERS.
    """

    edges: Ints
    waiting: Mapping[str, Floats]


def equal_spans(begin: int, end: int, buckets: int) -> Ints:
    """Return the edges of `buckets` equal spans from `begin` to `end` (µs), each at least 1 µs long."""
    return np.linspace(begin, max(end, begin + buckets), buckets + 1).astype(np.int64)


def overlap(begin: Ints, end: Ints, edges: Ints) -> Ints:
    """Return how much time (µs) of all the spans from `begin` to `end` lies in each bucket."""

    def before(moments: Ints) -> Ints:
        """Return the time beyond each of `moments`, summed up, at every edge."""
        ordered = np.sort(moments)
        summed = np.concatenate([[0], np.cumsum(ordered - edges[0])])
        count = np.searchsorted(ordered, edges)
        found: Ints = count * (edges - edges[0]) - summed[count]
        return found

    return np.diff(before(begin) - before(end))


def waits_over_time(
    history: History, machinery: Machinery, limits: tuple[str, ...], edges: Ints
) -> WaitsOverTime:
    """Return the waiting of `history` over time for each of `limits`, and for all others together.

    A DAG run's wait is laid right before its start, as a task instance's is (see spans).
    """
    names = (*limits, OTHERS)
    spent = {name: np.zeros(len(edges) - 1, np.int64) for name in names}
    for part in chain(wait_spans(history, machinery), [_of_runs(history)]):
        for code in np.flatnonzero(np.bincount(part.limit)).tolist():
            own, name = part.limit == code, part.names[code]
            spent[name if name in spent else OTHERS] += overlap(part.begin[own], part.end[own], edges)
    width = np.diff(edges)
    return WaitsOverTime(edges, {name: spent[name] / width for name in names})


def _of_runs(history: History) -> WaitSpans:
    """Return the waits of DAG runs; `row` are runs."""
    charges, runs = charge_runs(history), history.runs
    start = np.where(missing(runs.start), history.taken_at.astype(np.int64), micros(runs.start))
    end = start[charges.run]
    return WaitSpans(charges.run, charges.limit, end - charges.micros, end, charges.names)
