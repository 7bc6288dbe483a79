"""From rows as they were read to a History: sorted, joined, and freed of times of earlier tries."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from airflow_tune.history import state
from airflow_tune.history.catalog import Catalog, build_catalog, build_dags, build_pools, build_runs
from airflow_tune.history.column import (
    NAT,
    AnyArray,
    Bools,
    Codes,
    Ints,
    Times,
    coded,
    missing,
    narrowed,
    row_of,
    rows_of,
)
from airflow_tune.history.draft import Draft
from airflow_tune.history.model import DagRuns, History, TaskInstances
from airflow_tune.history.raw import RawTries, moments

_LARGEST = float(2**62)
_THREADS = min(4, os.cpu_count() or 1)
"""numpy lets other threads run while it takes rows of a column; more of them would wait for memory."""


def _order(columns: list[AnyArray]) -> Ints:
    """Return the order that sorts by `columns`, the first one foremost, in one pass where they fit."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    lows = [int(column.min()) for column in columns]
    spans = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    if float(np.prod(np.array(spans, float))) > _LARGEST:
        return np.lexsort(columns[::-1])
    key = np.zeros(len(columns[0]), np.int64)
    for column, low, span in zip(columns, lows, spans, strict=True):
        key *= span
        key += column
        key -= low
    # Stable: it profits of rows that are in order for the most part, as those of one DAG run are.
    return np.argsort(key, kind="stable")


def _emptied(columns: dict[str, AnyArray], last: Bools) -> None:
    """Take out of the newest tries the times that still are those of the try before.

    Airflow overwrites start and end only when the new try runs (facts of `ti_run`); a deferred task
    instance that comes back keeps its start, and is told apart by having no end.
    """
    states = columns["state"]
    idle = last & (states == state.NONE)
    waiting = last & ((states == state.SCHEDULED) | (states == state.QUEUED))
    stale = idle | (waiting & ~missing(columns["end"]))
    columns["start"][stale] = NAT
    columns["end"][stale] = NAT
    columns["queued"][idle | (last & (states == state.SCHEDULED))] = NAT
    columns["scheduled"][idle] = NAT


def _rescheduled(draft: Draft, catalog: Catalog, tries: tuple[Codes, Codes, Codes], last: Bools) -> Times:
    if not draft.reschedules:
        nothing: Times = np.broadcast_to(NAT, len(last))
        return nothing
    due: Times = np.full(len(last), NAT)
    run, task, map_index = (column[last].astype(np.int64) for column in tries)
    span = int(map_index.max()) + 2
    key = (run * len(catalog.tasks) + task) * span + map_index + 1
    late_run = rows_of(draft.runs.id, np.array([row.run for row in draft.reschedules], np.int64))
    found = [row for row, at in zip(draft.reschedules, late_run.tolist(), strict=True) if at >= 0]
    late_run = catalog.run[late_run[late_run >= 0]].astype(np.int64)
    late_task = np.array([catalog.task_rows[row.dag_id, row.task_id] for row in found], np.int64)
    late_map = np.array([row.map_index for row in found], np.int64)
    at = row_of(key, np.flatnonzero(last), (late_run * len(catalog.tasks) + late_task) * span + late_map + 1)
    due[at[at >= 0]] = moments([row.due for row in found])[at >= 0]
    return due


class _Columns:
    """The columns of the newest and of earlier tries as one: each is given back once it was taken."""

    def __init__(self, draft: Draft) -> None:
        parts = [*draft.current, *draft.earlier] or [RawTries.empty()]
        self._parts = {name: [getattr(part, name) for part in parts] for name in RawTries.__slots__}
        self.newest = sum(map(len, draft.current))
        draft.current, draft.earlier = [], []

    def take(self, name: str) -> AnyArray:
        parts = self._parts.pop(name)
        return np.concatenate(parts) if len(parts) > 1 else parts[0]


def _tries(draft: Draft, catalog: Catalog) -> TaskInstances:
    raw = _Columns(draft)
    kind = raw.take("kind")
    run = coded(raw.take("run"), catalog.run)
    key = [run, catalog.task[kind], raw.take("map_index"), raw.take("try_number")]
    order = _order(key)
    # No DAG run comes before all of them.
    order = order[np.searchsorted(run, 0, sorter=order) :]
    last = order < raw.newest
    with ThreadPoolExecutor(_THREADS) as threads:
        key = list(threads.map(lambda column: column[order].astype(np.int32, copy=False), key))
        run, task, map_index, try_number = key
        kind = kind[order]
        names = ("scheduled", "queued", "start", "end", "state", "pool_slots", "priority_weight", "host")
        rest = dict(zip(names, threads.map(lambda name: raw.take(name)[order], names), strict=True))
        of_kind = (catalog.pool, *map(narrowed, (catalog.queue, catalog.operator, catalog.executor)))
        pool, queue, operator, executor = threads.map(lambda codes: codes[kind], of_kind)
    _emptied(rest, last)
    return TaskInstances(
        run=run,
        task=task,
        map_index=map_index,
        try_number=try_number,
        pool=pool,
        queue=queue,
        operator=operator,
        executor=executor,
        rescheduled=_rescheduled(draft, catalog, (run, task, map_index), last),
        last=last,
        state=narrowed(rest.pop("state")),
        host=narrowed(rest.pop("host")),
        pool_slots=rest.pop("pool_slots").astype(np.int32),
        priority_weight=rest.pop("priority_weight").astype(np.int32),
        **rest,
    )


def _taken_at(draft: Draft, runs: DagRuns, tries: TaskInstances) -> np.datetime64:
    columns = (tries.scheduled, tries.queued, tries.start, tries.end, runs.queued, runs.start, runs.end)
    newest = [np.fmax.reduce(column) for column in columns if len(column)]
    found: np.datetime64 = np.fmax.reduce(np.array([draft.heartbeat, *newest], "datetime64[us]"))
    return found


def assemble(draft: Draft) -> History:
    """Return the History that the rows of `draft` make."""
    catalog = build_catalog(draft)
    runs = build_runs(draft, catalog)
    tries = _tries(draft, catalog)
    return History(
        version=draft.version,
        taken_at=_taken_at(draft, runs, tries),
        has_scheduled=draft.has_scheduled,
        dags=build_dags(draft, catalog),
        tasks=catalog.tasks,
        pools=build_pools(draft, catalog),
        runs=runs,
        tries=tries,
        queues=catalog.queues,
        operators=catalog.operators,
        executors=catalog.executors,
        hosts=tuple(draft.hosts),
        notes=tuple(draft.notes),
    )
