"""DAG runs that wait to start: every second from due to start charged to max_active_runs or the scheduler.

The first wait of a run ends when it is created, the second when it is started; its task instances begin to
wait only then, so that nothing is counted twice. Read in `jobs/scheduler_job_runner.py`: a run is created
while fewer than max_active_runs of its DAG are queued or running (`_should_update_dag_next_dagruns`), and
started while fewer are running (`_start_queued_dagruns`); backfill runs have a limit of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.asked import SCHEDULER, UNKNOWN
from airflow_tune.diagnose.waits.intervals import Intervals
from airflow_tune.diagnose.waits.layer import Chain
from airflow_tune.diagnose.waits.levels import above, level
from airflow_tune.diagnose.waits.limit import Limit
from airflow_tune.diagnose.waits.looks import extended
from airflow_tune.diagnose.waits.timeline import Piece, charged
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, Bools, Ints, Times, distinct, micros, missing
from airflow_tune.history.model import NO_LIMIT, History

SCHEDULED_TYPE = "scheduled"
LONGEST_UNEXPLAINED_US = 3600 * MICROSECONDS
"""A run created later than this with no limit in the way was not waiting for the scheduler's loop, which
takes seconds: its DAG was paused or new, or no scheduler ran. Such time is not counted as waiting."""


@dataclass(frozen=True, slots=True)
class RunWaits:
    """Waits of DAG runs in µs since 1970: of run `run[i]`, from `begin[i]` to `end[i]`.

    `creating` tells the wait to be created from the wait to be started.
    """

    run: Ints
    begin: Ints
    end: Ints
    creating: Bools


def is_scheduled(history: History) -> Bools:
    """Return which DAG runs the scheduler itself had to create at a known time.

    In 2.x `due` is the execution date, an interval before the run may be created: only 3.x can tell.
    """
    runs = history.runs
    if not history.has_scheduled or SCHEDULED_TYPE not in runs.run_types:
        return np.zeros(len(runs), bool)
    kind = runs.run_types.index(SCHEDULED_TYPE)
    found: Bools = (runs.run_type == kind) & ~missing(runs.due) & ~missing(runs.queued)
    return found


def run_waits(history: History) -> RunWaits:
    """Return every wait of a DAG run that a scheduler could have ended; a paused DAG's run is in no queue."""
    runs, now = history.runs, history.taken_at.astype(np.int64)
    queued, due = micros(runs.queued), micros(runs.due)
    waiting = missing(runs.start) & (runs.state == state.QUEUED) & ~history.dags.is_paused[runs.dag]
    start = np.where(waiting, now, micros(runs.start))
    created = np.flatnonzero(is_scheduled(history) & (queued > due))
    started = np.flatnonzero(~missing(runs.queued) & (waiting | ~missing(runs.start)) & (start > queued))
    return RunWaits(
        np.concatenate([created, started]),
        np.concatenate([due[created], queued[started]]),
        np.concatenate([queued[created], start[started]]),
        np.concatenate([np.ones(len(created), bool), np.zeros(len(started), bool)]),
    )


def active_runs(history: History, begin: Times, states: tuple[int, ...]) -> tuple[Ints, Ints, Ints]:
    """Return DAG, begin and end (µs) of DAG runs from `begin` to their end, or to now while in `states`."""
    runs, now = history.runs, history.taken_at.astype(np.int64)
    still = missing(runs.end) & np.isin(runs.state, states)
    end = np.where(still, now, micros(runs.end))
    row = np.flatnonzero(~missing(begin) & ~runs.backfill & (end > micros(begin)))
    return runs.dag[row].astype(np.int64), micros(begin)[row], end[row]


def _limit(history: History, begin: Times, states: tuple[int, ...], seen: Ints) -> Limit:
    runs, dags = history.runs, history.dags
    group, enter, leave = active_runs(history, begin, states)
    levels = level(group, enter, leave, np.ones(len(group), np.int64), len(dags.names))
    bounded = np.flatnonzero(dags.max_active_runs != NO_LIMIT)
    found = above(levels, bounded, dags.max_active_runs[bounded].astype(np.int64) - 1)
    capped = Intervals(bounded[found.group], found.begin, found.end)
    own = np.where(runs.backfill, -1, runs.dag).astype(np.int64)
    return Limit(
        extended(capped, seen), own, runs.dag, own, lambda code: f"max_active_runs:{dags.names[code]}"
    )


def run_limits(history: History) -> tuple[Limit, Limit]:
    """Return max_active_runs as it keeps runs from being created, and from being started; rows are runs."""
    runs = history.runs
    # When the scheduler created or started a run it looked at all of them.
    seen = distinct(np.concatenate([micros(one)[~missing(one)] for one in (runs.queued, runs.start)]))
    return (
        _limit(history, runs.queued, (state.QUEUED, state.RUNNING), seen),
        _limit(history, runs.start, (state.RUNNING,), seen),
    )


@dataclass(frozen=True, slots=True)
class RunCharges:
    """Who waited for what, in columns: `micros[i]` of DAG run `run[i]` go to `names[limit[i]]`.

    `uncounted` is how many runs were created so late that they cannot have waited for the scheduler.
    """

    run: Ints
    limit: Ints
    micros: Ints
    names: tuple[str, ...]
    uncounted: int

    @property
    def total_micros(self) -> int:
        """Return all waiting of DAG runs."""
        return int(self.micros.sum())


def charge_runs(history: History) -> RunCharges:
    """Return every wait of a DAG run, charged in full."""
    waits, dags = run_waits(history), len(history.dags.names)
    names = (*(f"max_active_runs:{name}" for name in history.dags.names), SCHEDULER, UNKNOWN)
    parts: list[tuple[Ints, Ints, Ints]] = [(np.zeros(0, np.int64),) * 3]
    uncounted = 0
    for limit, own in zip(run_limits(history), (waits.creating, ~waits.creating), strict=True):
        run, chain = waits.run[own], Chain(waits.begin[own], waits.end[own])
        rows, spent = chain.ask(limit.capped, limit.group[run])
        parts.append((run[rows], history.runs.dag[run[rows]].astype(np.int64), spent))
        left = chain.left
        # A run's start is always looked for; its creation is not where the DAG is paused or not there yet.
        counted = (left <= LONGEST_UNEXPLAINED_US) | ~waits.creating[own]
        uncounted += int((~counted).sum())
        rest = np.where(history.runs.backfill[run], dags + 1, dags)
        parts.append((run[counted], rest[counted], left[counted]))
    run, code, spent = (np.concatenate(column) for column in zip(*parts, strict=True))
    # A run that waited twice for its limit has both charges beside one another.
    some = np.flatnonzero(spent > 0)
    some = some[np.argsort(run[some], kind="stable")]
    return RunCharges(run[some], code[some], spent[some], names, uncounted)


def run_pieces(history: History, run: int) -> tuple[Piece, ...]:
    """Return what DAG run `run` (a row of the history's runs) waited for, in order of time."""
    waits, pieces = run_waits(history), list[Piece]()
    creating, starting = run_limits(history)
    rest = UNKNOWN if history.runs.backfill[run] else SCHEDULER
    for at in np.flatnonzero(waits.run == run):
        limit = creating if waits.creating[at] else starting
        told = tuple(charged((limit,), run, int(waits.begin[at]), int(waits.end[at]), rest))
        free = sum(piece.end - piece.begin for piece in told if piece.limit == rest)
        late = bool(waits.creating[at]) and free > LONGEST_UNEXPLAINED_US
        pieces += [piece for piece in told if not (late and piece.limit == rest)]
    return tuple(sorted(pieces))
