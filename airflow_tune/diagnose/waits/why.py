"""Why one task instance waited: its life as a timeline, with those that held its slots meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from airflow_tune.diagnose.waits.asked import Asked
from airflow_tune.diagnose.waits.holders import Holder, Holders
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.run_wait import run_pieces
from airflow_tune.diagnose.waits.slot_free import slot_free
from airflow_tune.diagnose.waits.stretches import Stretches, stretches
from airflow_tune.diagnose.waits.timeline import Piece, timeline
from airflow_tune.errors import UsageError, nearest
from airflow_tune.history.column import MICROSECONDS, NAT, Ints, Times, times
from airflow_tune.history.model import History
from airflow_tune.history.state import STATES

HOLDERS = 10
"""How many of those that held a limit are named, the ones that held it longest first."""


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

    `slot_free_at_earliest` and `slot_free_at_latest` are between which moments the executor's slot got free
    again. `sooner` says for each limit how many seconds earlier the try could have started had that limit
    not held it, the most first. `retry_wait_s` is from the end of the try before to `ready`: the retry's
    delay, None for a first try.
    """

    try_number: int
    state: str
    ready: np.datetime64
    scheduled: np.datetime64
    queued: np.datetime64
    start: np.datetime64
    end: np.datetime64
    slot_free_at_earliest: np.datetime64
    slot_free_at_latest: np.datetime64
    waits: tuple[Wait, ...]
    sooner: tuple[tuple[str, float], ...]
    retry_wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class RunLife:
    """The DAG run: when it was due, created, started and ended, and what it waited for before its start."""

    state: str
    due: np.datetime64
    queued: np.datetime64
    start: np.datetime64
    end: np.datetime64
    waits: tuple[Wait, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """All tries of one task instance, the first one first, and its DAG run's life before them."""

    task: str
    run_id: str
    map_index: int
    run: RunLife
    tries: tuple[TryLife, ...]


class Inquiry:
    """Answers why task instances of one history waited; what all answers need is worked out once."""

    def __init__(self, history: History, machinery: Machinery) -> None:
        self._history, self._machinery = history, machinery
        self._asked = Asked.of(history, machinery)
        self._waits: Stretches = stretches(history)
        self._holders = Holders(history, machinery, self._asked)

    def life(self, row: int) -> TryLife:
        """Return the life of try `row`."""
        history, tries = self._history, self._history.tries
        pieces = self.pieces(row)
        at = np.flatnonzero(self._waits.row == row)
        ready = times(self._waits.ready[at])[0] if len(at) else tries.start[row]
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
            *self._slot_free(end),
            tuple(self._wait(row, piece) for piece in pieces),
            _summed(pieces),
        )

    def pieces(self, row: int) -> tuple[Piece, ...]:
        """Return what try `row` waited for, in order of time."""
        return timeline(self._asked, self._waits, row)

    def run_life(self, run: int) -> RunLife:
        """Return the life of DAG run `run` before its task instances."""
        runs = self._history.runs
        return RunLife(
            STATES[runs.state[run]],
            runs.due[run],
            runs.queued[run],
            runs.start[run],
            runs.end[run],
            tuple(_told(piece, []) for piece in run_pieces(self._history, run)),
        )

    def _slot_free(self, end: np.datetime64) -> tuple[np.datetime64, np.datetime64]:
        if np.isnat(end):
            return NAT, NAT
        machinery = self._machinery
        slots, tail_us = (
            machinery.queued_limit[1] or machinery.slots,
            int(machinery.slot_tail_s * MICROSECONDS),
        )
        earliest, latest = slot_free(self._holders.held, int(end.astype(np.int64)), slots, tail_us)
        return np.datetime64(earliest, "us"), np.datetime64(latest, "us")

    def _wait(self, row: int, piece: Piece) -> Wait:
        return _told(piece, self._holders.of(row, piece))


def _told(piece: Piece, holders: Sequence[Holder]) -> Wait:
    begin, end = times(np.array([piece.begin, piece.end]))
    seconds = (piece.end - piece.begin) / MICROSECONDS
    left = max(len(holders) - HOLDERS, 0)
    return Wait(begin, end, seconds, piece.limit, tuple(holders[:HOLDERS]), left)


def _summed(pieces: Sequence[Piece]) -> tuple[tuple[str, float], ...]:
    saved: dict[str, float] = {}
    for piece in pieces:
        saved[piece.limit] = saved.get(piece.limit, 0.0) + (piece.end - piece.begin) / MICROSECONDS
    return tuple(sorted(saved.items(), key=lambda item: -item[1]))


def _with_retry_waits(lives: Sequence[TryLife]) -> Iterator[TryLife]:
    """Yield `lives` with the time from the end of the try before each."""
    before: TryLife | None = None
    for one in lives:
        known = before is not None and not np.isnat(before.end) and not np.isnat(one.ready)
        wait_s = (
            max(float((one.ready - before.end) / np.timedelta64(1, "s")), 0.0) if before and known else None
        )
        yield replace(one, retry_wait_s=wait_s)
        before = one


def _code(names: Sequence[str], wanted: str, what: str) -> int:
    if wanted not in names:
        raise UsageError(f"the history has no {what} {wanted}", remedy=nearest(wanted, names))
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
            remedy="leave out --run and --map-index for the newest one",
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
        inquiry.run_life(int(history.tries.run[first])),
        tuple(_with_retry_waits([inquiry.life(int(row)) for row in rows])),
    )
