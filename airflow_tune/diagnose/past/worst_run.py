"""The DAG runs whose task instances waited longest, bar by bar, with the critical path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.spans import wait_spans
from airflow_tune.diagnose.waits.stretches import stretches
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, Ints, micros, missing
from airflow_tune.history.model import History

MOST_OF_A_DAG = 2
"""More runs of one DAG show the same again."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One try in a Gantt chart, in seconds from the start of its run; `waited_for` is what held it longest.

    `ready_s` is when it could have started, `on_path` whether it is on the critical path.
    """

    task: str
    map_index: int
    try_number: int
    state: str
    ready_s: float
    start_s: float
    end_s: float
    waited_for: str
    on_path: bool


@dataclass(frozen=True, slots=True)
class WorstRun:
    """A DAG run with its bars by ready time; `left_out` counts tries that are not shown.

    `makespan_s` is from its start to its last end, `path_s` what the critical path ran, `waited_s` what all
    its task instances waited.
    """

    dag: str
    run_id: str
    makespan_s: float
    path_s: float
    waited_s: float
    bars: tuple[Bar, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Moments:
    """Of each try, in µs since 1970: ready (or start), start, end; and what held it."""

    ready: Ints
    start: Ints
    end: Ints
    held: dict[int, str]


def worst_runs(
    history: History, machinery: Machinery, *, runs: int = 5, bars: int = 60
) -> tuple[WorstRun, ...]:
    """Return the `runs` DAG runs that waited longest, each with at most `bars` tries."""
    waits, tries = stretches(history), history.tries
    waited = np.zeros(len(history.runs), np.int64)
    np.add.at(waited, tries.run[waits.row], waits.start - waits.ready)
    chosen = tuple(_chosen(history, waited, runs))
    ready = micros(tries.start).copy()
    np.minimum.at(ready, waits.row, waits.ready)
    end = np.where(missing(tries.end), history.taken_at.astype(np.int64), micros(tries.end))
    moments = _Moments(ready, micros(tries.start), end, _held_by(history, machinery, chosen))
    return tuple(_run(history, run, moments, int(waited[run]), bars) for run in chosen)


def _chosen(history: History, waited: Ints, runs: int) -> Iterator[int]:
    shown: dict[int, int] = {}
    for run in np.argsort(-waited, kind="stable").tolist():
        dag = int(history.runs.dag[run])
        if waited[run] <= 0 or sum(shown.values()) == runs:
            return
        if shown.get(dag, 0) < MOST_OF_A_DAG:
            shown[dag] = shown.get(dag, 0) + 1
            yield run


def _held_by(history: History, machinery: Machinery, runs: tuple[int, ...]) -> dict[int, str]:
    """Return what held each try of `runs` longest."""
    longest: dict[int, tuple[int, str]] = {}
    for part in wait_spans(history, machinery):
        own = np.flatnonzero(np.isin(history.tries.run[part.row], runs))
        columns = (part.row[own], part.limit[own], (part.end - part.begin)[own])
        for row, limit, spent in zip(*(column.tolist() for column in columns), strict=True):
            longest[row] = max(longest.get(row, (0, "")), (spent, part.names[limit]))
    return {row: name for row, (_, name) in longest.items()}


def _run(history: History, run: int, moments: _Moments, waited: int, bars: int) -> WorstRun:
    tries = history.tries
    low, high = np.searchsorted(tries.run, [run, run + 1])
    rows = np.arange(low, high)[~missing(tries.start[low:high])]
    if not len(rows):
        return WorstRun(*_names(history, run), 0.0, 0.0, waited / MICROSECONDS, (), 0)
    path = list(_path(history, rows, moments.end))
    taken = (moments.end - moments.ready)[rows]
    # The whole path, then what took longest.
    first = np.lexsort([-taken, ~np.isin(rows, path)])[:bars]
    shown = rows[first][np.lexsort([moments.start[rows[first]], moments.ready[rows[first]]])]
    zero = int(moments.ready[rows].min())
    drawn = tuple(_bar(history, row, moments, zero, on_path=row in path) for row in shown.tolist())
    makespan, ran = int(moments.end[rows].max()) - zero, int((moments.end - moments.start)[path].sum())
    return WorstRun(
        *_names(history, run),
        makespan / MICROSECONDS,
        ran / MICROSECONDS,
        waited / MICROSECONDS,
        drawn,
        len(rows) - len(drawn),
    )


def _bar(history: History, row: int, moments: _Moments, zero: int, *, on_path: bool) -> Bar:
    tries = history.tries
    return Bar(
        history.tasks.names[tries.task[row]],
        int(tries.map_index[row]),
        int(tries.try_number[row]),
        state.STATES[tries.state[row]],
        (int(moments.ready[row]) - zero) / MICROSECONDS,
        (int(moments.start[row]) - zero) / MICROSECONDS,
        (int(moments.end[row]) - zero) / MICROSECONDS,
        moments.held.get(row, ""),
        on_path,
    )


def _names(history: History, run: int) -> tuple[str, str]:
    return history.dags.names[history.runs.dag[run]], history.runs.run_ids[run]


def _path(history: History, rows: Ints, end: Ints) -> Iterator[int]:
    """Yield the tries of the critical path: from the last that ended back to whom each waited for."""
    tasks, tries = history.tasks, history.tries
    last: dict[int, int] = {}
    for row in rows[np.argsort(end[rows], kind="stable")].tolist():
        last[int(tries.task[row])] = row
    at: int | None = int(rows[end[rows].argmax()])
    seen: set[int] = set()
    while at is not None and at not in seen:
        seen.add(at)
        yield at
        before = _earlier_try(history, at)
        task = int(tries.task[at])
        upstream = tasks.upstream[tasks.first[task] : tasks.first[task + 1]].tolist()
        ends = [before] if before is not None else [last[one] for one in upstream if one in last]
        at = max(ends, key=lambda row: end[row], default=None)


def _earlier_try(history: History, row: int) -> int | None:
    """Return the try before this one, of the same task instance."""
    tries = history.tries
    if row == 0 or any(
        getattr(tries, name)[row] != getattr(tries, name)[row - 1] for name in ("run", "task", "map_index")
    ):
        return None
    return row - 1
