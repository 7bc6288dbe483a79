"""Whom each limit held longest, and from when to when: what a finding on it points to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.charge import Charges
from airflow_tune.diagnose.waits.run_wait import RunCharges
from airflow_tune.history.column import MICROSECONDS, Ints, micros, missing, times
from airflow_tune.history.model import History

EXAMPLES = 3
MOST_LIMITS = 64
"""Of more limits than this in one part, those that held longest are looked into."""


@dataclass(frozen=True, slots=True)
class Example:
    """A task instance or DAG run that waited: its names ("" and -1 where it has none), and seconds."""

    dag: str
    run_id: str
    task: str
    map_index: int
    waited_s: float


@dataclass(slots=True)
class _Seen:
    begin: int
    end: int
    longest: list[tuple[int, int, bool]]
    """µs waited, row, and whether it is a DAG run's."""


def _longest(spent: Ints, row: Ints) -> Ints:
    """Return the places of the longest waits, the first row of equal ones first."""
    least = np.partition(spent, len(spent) - EXAMPLES)[-EXAMPLES] if len(spent) > EXAMPLES else 0
    top = np.flatnonzero(spent >= least)
    return top[np.lexsort([row[top], -spent[top]])[:EXAMPLES]]


class Worst:
    """Collects the longest waits of each limit from charges that come in parts."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._now = int(history.taken_at.astype(np.int64)) if len(history.tries) or len(history.runs) else 0
        self._seen: dict[str, _Seen] = {}

    def add(self, charges: Charges | RunCharges, row: Ints, *, of_runs: bool) -> None:
        """Take in `charges` of `row`, which are DAG runs or tries."""
        spent = np.bincount(charges.limit, charges.micros, len(charges.names))
        largest = np.argsort(-spent, kind="stable")[:MOST_LIMITS]
        by_limit = np.argsort(charges.limit, kind="stable")
        first = np.searchsorted(charges.limit[by_limit], np.arange(len(charges.names) + 1))
        for code in largest[spent[largest] > 0].tolist():
            own = by_limit[first[code] : first[code + 1]]
            top = own[_longest(charges.micros[own], row[own])]
            low, high = self._span(row[own], of_runs=of_runs)
            seen = self._seen.setdefault(charges.names[code], _Seen(low, high, []))
            seen.begin, seen.end = min(seen.begin, low), max(seen.end, high)
            seen.longest += [(int(charges.micros[at]), int(row[at]), of_runs) for at in top]
            seen.longest = sorted(seen.longest, key=lambda one: (-one[0], one[1]))[:EXAMPLES]

    def _span(self, row: Ints, *, of_runs: bool) -> tuple[int, int]:
        """Return when the first of `row` began to wait and when the last one started."""
        if of_runs:
            queued, start = (column[row] for column in (self._history.runs.queued, self._history.runs.start))
            return int(micros(queued).min()), int(np.where(missing(start), self._now, micros(start)).max())
        tries = self._history.tries
        start, since = tries.start[row], tries.scheduled[row]
        for later in (tries.queued[row], start):
            since = np.where(missing(since), later, since)
        return int(micros(since).min()), int(np.where(missing(start), self._now, micros(start)).max())

    def of(self, limit: str) -> tuple[np.datetime64, np.datetime64, tuple[Example, ...]] | None:
        """Return from when to when `limit` held anyone, and whom it held longest; None where nobody."""
        seen = self._seen.get(limit)
        if seen is None:
            return None
        begin, end = times(np.array([seen.begin, seen.end]))
        return begin, end, tuple(self._example(*one) for one in seen.longest)

    def _example(self, waited: int, row: int, of_run: bool) -> Example:  # noqa: FBT001 - a row of `longest`
        history, seconds = self._history, waited / MICROSECONDS
        run = row if of_run else int(history.tries.run[row])
        dag, run_id = history.dags.names[history.runs.dag[run]], history.runs.run_ids[run]
        if of_run:
            return Example(dag, run_id, "", -1, seconds)
        task = history.tasks.names[history.tries.task[row]]
        return Example(dag, run_id, task, int(history.tries.map_index[row]), seconds)
