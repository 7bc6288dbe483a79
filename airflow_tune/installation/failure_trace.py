"""Why tries failed, put together from Airflow's log table and from task logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from airflow_tune.history import state
from airflow_tune.history.cause import LOG_TABLE, RESOURCE, TASK_LOG, ZOMBIE, Traces
from airflow_tune.history.column import Ints, micros
from airflow_tune.history.events import EVENTS, Event
from airflow_tune.history.model import History
from airflow_tune.tasklogs.classify import classify
from airflow_tune.tasklogs.place import TryKey
from airflow_tune.tasklogs.reading import read_logs
from airflow_tune.units import plural

MOST_LOGS, LOGS_OF_A_TASK = 2_000, 50
"""How many logs are read, the newest failures first: beyond this they only repeat what is known."""

Found: TypeAlias = dict[int, tuple[int, str, int]]


def failed_rows(history: History) -> Ints:
    """Return the rows of the tries that failed."""
    return np.flatnonzero(np.isin(history.tries.state, (state.FAILED, state.UP_FOR_RETRY)))


def _by_row(traces: Traces) -> Found:
    columns = zip(traces.row, traces.cause, traces.sign, traces.source, strict=True)
    return {int(row): (int(cause), traces.signs[sign], int(source)) for row, cause, sign, source in columns}


class _Rows:
    """Finds the row of a failed try by the names that an event gives."""

    def __init__(self, history: History) -> None:
        self._tries = history.tries
        dags = history.dags.names
        rows = failed_rows(history)
        self._rows: dict[tuple[str, str, str, int], list[int]] = {}
        for row in rows.tolist():
            run, task = int(history.tries.run[row]), int(history.tries.task[row])
            key = (dags[history.tasks.dag[task]], history.runs.run_ids[run], history.tasks.names[task])
            self._rows.setdefault((*key, int(history.tries.map_index[row])), []).append(row)

    def of(self, event: Event) -> int | None:
        index = -1 if event.map_index is None else event.map_index
        rows = self._rows.get((event.dag_id, event.run_id, event.task_id, index), [])
        if event.try_number is None:
            return rows[-1] if rows else None
        return next((row for row in rows if self._tries.try_number[row] == event.try_number), None)


def with_events(history: History, events: Iterable[Event]) -> History:
    """Return `history` with what the `events` of the log table say of its failed tries."""
    found, rows = _by_row(history.traces), None
    for event in events:
        rows = rows or _Rows(history)
        row = rows.of(event)
        if row is not None:
            # What the executor adds may say more: that the pod was killed for want of memory.
            said = classify(event.extra or "")
            better = said is not None and said.cause == RESOURCE
            found[row] = (RESOURCE, said.sign, LOG_TABLE) if said and better else (
                ZOMBIE, EVENTS[event.event], LOG_TABLE)  # fmt: skip
    return replace(history, traces=Traces.of(found))


def _worth_reading(history: History) -> Ints:
    """Return the newest failed tries, MOST_LOGS at most and LOGS_OF_A_TASK of each task."""
    tries, rows = history.tries, failed_rows(history)
    newest = rows[np.argsort(-micros(tries.end)[rows], kind="stable")]
    task = tries.task[newest]
    by_task = np.argsort(task, kind="stable")
    first = np.searchsorted(task[by_task], task[by_task])
    rank = np.empty(len(newest), np.int64)
    rank[by_task] = np.arange(len(newest)) - first
    return newest[rank < LOGS_OF_A_TASK][:MOST_LOGS]


def _keys(history: History, rows: Ints) -> Iterator[tuple[int, TryKey]]:
    tries, tasks = history.tries, history.tasks
    for row in rows.tolist():
        task = int(tries.task[row])
        yield (
            row,
            TryKey(
                history.dags.names[tasks.dag[task]],
                history.runs.run_ids[tries.run[row]],
                tasks.names[task],
                int(tries.map_index[row]),
                int(tries.try_number[row]),
            ),
        )


def with_logs(history: History, folder: Path) -> History:
    """Return `history` with what the task logs below `folder` say of its failed tries, and a note on that.

    What the scheduler wrote in the log table stays, unless the log shows that memory or disk ran out.
    """
    rows, found, there = _worth_reading(history), _by_row(history.traces), 0
    for row, pattern in read_logs(folder, _keys(history, rows)):
        there += 1
        if pattern and (row not in found or pattern.cause == RESOURCE):
            found[row] = (pattern.cause, pattern.sign, TASK_LOG)
    if not len(rows):
        return history
    note = f"{plural(there, 'task log')} of {len(failed_rows(history))} tries that failed could be read"
    return replace(history, traces=Traces.of(found), notes=(*history.notes, note))
