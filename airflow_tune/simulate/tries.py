"""The tries of a History in the order of a plan: what each of them did, and what had to be guessed."""

from __future__ import annotations

import numpy as np

from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, Bools, Codes, Floats, Ints, Times, micros, missing
from airflow_tune.history.model import History

_UNTIL_OPERATORS = "Sensor"
_OVER = (state.SUCCESS, state.FAILED, state.SKIPPED, state.UPSTREAM_FAILED, state.REMOVED)


def seconds(times: Times, origin: np.datetime64) -> Floats:
    """Return `times` in seconds from `origin`, NaN where there is none."""
    return np.where(missing(times), np.nan, (micros(times) - origin.astype(np.int64)) / MICROSECONDS)


def between(times: tuple[Times, Times]) -> Floats:
    """Return the seconds from the first to the second of `times`, NaN where either is missing."""
    begin, end = times
    spans = (micros(end) - micros(begin)) / MICROSECONDS
    return np.where(missing(begin) | missing(end), np.nan, spans)


class Tries:
    """The tries that are played, in the order of the plan, and what each of them did."""

    def __init__(self, history: History, rows: Ints, *, fifo: bool) -> None:
        tries = history.tries
        self.history, self.fifo = history, fifo
        place = np.empty(len(rows), np.int64)
        place[rows] = np.arange(len(rows))
        open_run = missing(history.runs.end)
        never = missing(tries.start) & missing(tries.end) & missing(tries.queued)
        gone = never & ~np.isin(tries.state, _OVER[:-1]) & ~open_run[tries.run]
        keep = np.flatnonzero(~gone)
        self.row = keep[np.argsort(place[tries.run[keep]], kind="stable")]
        self.run = place[tries.run[self.row]]
        at = self.row
        new = (tries.run[at[1:]] != tries.run[at[:-1]]) | (tries.task[at[1:]] != tries.task[at[:-1]])
        new |= tries.map_index[at[1:]] != tries.map_index[at[:-1]]
        self.new = np.append(np.ones(min(len(at), 1), bool), new)
        self.first = np.flatnonzero(self.new)
        self.newest = (np.append(self.first[1:], len(at)) - 1)[: len(self.first)]

    def column(self, name: str) -> Codes:
        """Return the column `name` of the tries that are played."""
        found: Codes = getattr(self.history.tries, name)[self.row]
        return found

    def times(self, name: str) -> Times:
        """Return the times `name` of the tries that are played."""
        found: Times = getattr(self.history.tries, name)[self.row]
        return found

    def work(self) -> tuple[Floats, Bools]:
        """Return how long each try worked, in seconds, and where that had to be guessed.

        What has not ended takes as long as its task does in the middle, else as all tasks do, and at
        least as long as it has been running.
        """
        start, end = self.times("start"), self.times("end")
        span = between((start, end))
        unknown = np.isnan(span) | (span < 0)
        if np.any(unknown):
            guess = self._medians(np.where(unknown, np.nan, span))[self.column("task")]
            so_far = (self.history.taken_at.astype(np.int64) - micros(start)) / MICROSECONDS
            ran = np.where(missing(start) | ~missing(end), 0.0, so_far)
            span = np.where(unknown, np.maximum(guess, ran), span)
        return span, unknown

    def _medians(self, span: Floats) -> Floats:
        known = np.flatnonzero(~np.isnan(span))
        whole = float(np.median(span[known])) if len(known) else 1.0
        medians = np.full(len(self.history.tasks), whole)
        task = self.column("task")[known]
        order = known[np.lexsort((span[known], task))]
        tasks = self.column("task")[order]
        first = np.flatnonzero(np.append(np.ones(min(len(order), 1), bool), tasks[1:] != tasks[:-1]))
        counts = np.diff(np.append(first, len(order)))
        medians[tasks[first]] = span[order[first + (counts - 1) // 2]]
        return medians

    def instant(self) -> Bools:
        """Return which tries took no slot: EmptyOperators, skipped ones, and what never came to run."""
        span = between((self.times("start"), self.times("end")))
        over = np.isin(self.column("state"), _OVER)
        found: Bools = missing(self.times("queued")) & over & ~(span > 0)
        return found

    def deferred(self) -> Bools:
        """Return which tries were deferred: queued again after their first start."""
        start, queued = self.times("start"), self.times("queued")
        return ~missing(start) & ~missing(queued) & (queued > start)

    def until(self) -> Bools:
        """Return whose operator waits for something outside: sensors."""
        sensor = np.array([_UNTIL_OPERATORS in name for name in self.history.operators] or [False])
        code = self.column("operator")
        found: Bools = (code >= 0) & sensor[code]
        return found
