"""Why one task instance waited: its life as a timeline, with those that held its slots meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.asked import Asked
from airflow_tune.diagnose.waits.holding import Holding, holding
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.stretches import Stretches, stretches
from airflow_tune.diagnose.waits.timeline import Piece, timeline
from airflow_tune.errors import UsageError, nearest
from airflow_tune.history.column import MICROSECONDS, Ints, Times, times
from airflow_tune.history.model import History
from airflow_tune.history.state import STATES

HOLDERS = 10
"""How many of those that held a limit are named, the ones that held it longest first."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A task instance that held slots of a limit while another waited, and for how many seconds."""

    task: str
    run_id: str
    map_index: int
    held_s: float


@dataclass(frozen=True, slots=True)
class Wait:
    """A stretch of waiting: from and to (UTC), what held, and who had its slots meanwhile."""

    begin: np.datetime64
    end: np.datetime64
    seconds: float
    limit: str
    holders: tuple[Holder, ...]
    holders_left_out: int


@dataclass(frozen=True, slots=True)
class TryLife:
    """One try: its moments (NaT where it never came so far) and waits in order of time.

    `slot_free_at_latest` is when the executor's slot was surely free again. `sooner` says for each limit
    how many seconds earlier the try could have started had that limit not held it, the most first.
    """

    try_number: int
    state: str
    ready: np.datetime64
    scheduled: np.datetime64
    queued: np.datetime64
    start: np.datetime64
    end: np.datetime64
    slot_free_at_latest: np.datetime64
    waits: tuple[Wait, ...]
    sooner: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Life:
    """All tries of one task instance, the first one first."""

    task: str
    run_id: str
    map_index: int
    tries: tuple[TryLife, ...]


class Inquiry:
    """Answers why task instances of one history waited; what all answers need is worked out once."""

    def __init__(self, history: History, machinery: Machinery) -> None:
        self._history = history
        self._tail_us = int(machinery.slot_tail_s * MICROSECONDS)
        self._asked = Asked.of(history, machinery)
        self._waits: Stretches = stretches(history)
        self._held: Holding = holding(history)
        limits = (*self._asked.before_start, *self._asked.before_queued)
        self._by_name = [(limit, limit.name) for limit in limits]

    def life(self, row: int) -> TryLife:
        """Return the life of try `row`."""
        history, tries = self._history, self._history.tries
        pieces = self.pieces(row)
        at = np.flatnonzero(self._waits.row == row)
        ready = times(self._waits.ready[at])[0] if len(at) else tries.start[row]
        saved: dict[str, float] = {}
        for piece in pieces:
            saved[piece.limit] = saved.get(piece.limit, 0.0) + (piece.end - piece.begin) / MICROSECONDS
        moments: list[Times] = [tries.scheduled, tries.queued, tries.start, tries.end]
        scheduled, queued, start, end = (column[row] for column in moments)
        return TryLife(
            int(tries.try_number[row]),
            STATES[history.tries.state[row]],
            ready,
            scheduled,
            queued,
            start,
            end,
            end + np.timedelta64(self._tail_us, "us"),
            tuple(self._wait(row, piece) for piece in pieces),
            tuple(sorted(saved.items(), key=lambda item: -item[1])),
        )

    def pieces(self, row: int) -> tuple[Piece, ...]:
        """Return what try `row` waited for, in order of time."""
        return timeline(self._asked, self._waits, row)

    def _wait(self, row: int, piece: Piece) -> Wait:
        holders = self._holders(row, piece)
        begin, end = times(np.array([piece.begin, piece.end]))
        seconds = (piece.end - piece.begin) / MICROSECONDS
        left = max(len(holders) - HOLDERS, 0)
        return Wait(begin, end, seconds, piece.limit, tuple(holders[:HOLDERS]), left)

    def _holders(self, row: int, piece: Piece) -> list[Holder]:
        for limit, name in self._by_name:
            if limit.group[row] >= 0 and name(int(limit.code[row])) == piece.limit:
                return self._held_by(limit.shared, row, piece)
        return []

    def _held_by(self, shared: Ints, row: int, piece: Piece) -> list[Holder]:
        history, tries, held = self._history, self._history.tries, self._held
        inside = (held.begin < piece.end) & (held.end > piece.begin) & (shared[held.row] == shared[row])
        some = np.flatnonzero(inside & (held.row != row))
        spent = np.minimum(held.end[some], piece.end) - np.maximum(held.begin[some], piece.begin)
        return [
            Holder(
                history.task_name(int(tries.task[held.row[some[at]]])),
                history.runs.run_ids[tries.run[held.row[some[at]]]],
                int(tries.map_index[held.row[some[at]]]),
                float(spent[at]) / MICROSECONDS,
            )
            for at in np.argsort(-spent, kind="stable")
        ]


def _code(names: Sequence[str], wanted: str, what: str) -> int:
    if wanted not in names:
        raise UsageError(f"the history has no {what} {wanted}", todo=nearest(wanted, names))
    return names.index(wanted)


def _task(history: History, dag: str, task: str) -> int:
    dag_code = _code(history.dags.names, dag, "DAG")
    low, high = np.searchsorted(history.tasks.dag, [dag_code, dag_code + 1])
    return int(low) + _code(history.tasks.names[int(low) : int(high)], task, f"task of {dag} called")


def find(
    history: History, dag: str, task: str, run_id: str | None = None, map_index: int | None = None
) -> Ints:
    """Return the rows of the tries of one task instance, of its newest run and first map index by default.

    Raises UsageError where the history has none such.
    """
    tries, code = history.tries, _task(history, dag, task)
    rows = np.flatnonzero(tries.task == code)
    if run_id is not None:
        named = {run for run in np.unique(tries.run[rows]) if history.runs.run_ids[run] == run_id}
        rows = rows[np.isin(tries.run[rows], list(named))]
    if len(rows):
        rows = rows[tries.run[rows] == tries.run[rows[-1]]]
        index = int(tries.map_index[rows[0]]) if map_index is None else map_index
        rows = rows[tries.map_index[rows] == index]
    if not len(rows):
        where = f" in run {run_id}" if run_id else ""
        raise UsageError(
            f"the history has no task instance of {dag}.{task}{where} with that map index",
            todo="leave out --run and --map-index for the newest one",
        )
    return rows


def why(
    history: History,
    machinery: Machinery,
    dag: str,
    task: str,
    *,
    run_id: str | None = None,
    map_index: int | None = None,
) -> Life:
    """Return the life of one task instance; see `find` for how it is chosen and what it raises."""
    rows = find(history, dag, task, run_id, map_index)
    inquiry = Inquiry(history, machinery)
    first = int(rows[0])
    return Life(
        f"{dag}.{task}",
        history.runs.run_ids[history.tries.run[first]],
        int(history.tries.map_index[first]),
        tuple(inquiry.life(int(row)) for row in rows),
    )
