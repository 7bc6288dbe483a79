"""From rows as they were read to a History: sorted, joined, and freed of times of earlier tries."""

from __future__ import annotations

import numpy as np

from airflow_tune.history import state
from airflow_tune.history.catalog import Catalog, build_catalog, build_dags, build_pools, build_runs
from airflow_tune.history.column import NAT, AnyArray, Bools, Codes, Ints, Times, missing, narrowed
from airflow_tune.history.draft import Draft
from airflow_tune.history.model import DagRuns, History, TaskInstances
from airflow_tune.history.raw import moments

_LARGEST = float(2**62)


def row_of(sorted_keys: Ints, order: Ints, wanted: Ints) -> Ints:
    """Return the row of each of `wanted` where `sorted_keys[i]` is the key of row `order[i]`; -1 for none."""
    if not len(sorted_keys):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(sorted_keys, wanted), len(sorted_keys) - 1)
    return np.where(sorted_keys[at] == wanted, order[at], -1)


def _order(columns: list[AnyArray]) -> Ints:
    """Return the order that sorts by `columns`, the first one foremost, in one pass where they fit."""
    lows = [int(column.min()) for column in columns]
    spans = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    if float(np.prod(np.array(spans, float))) > _LARGEST:
        return np.lexsort(columns[::-1])
    key = np.zeros(len(columns[0]), np.int64)
    for column, low, span in zip(columns, lows, spans, strict=True):
        key *= span
        key += column
        key -= low
    return np.argsort(key)


def _emptied(times: dict[str, Times], states: Codes, last: Bools) -> None:
    """Take out of the newest tries the times that still are those of the try before.

    Airflow overwrites start and end only when the new try runs (facts of `ti_run`); a deferred task
    instance that comes back keeps its start, and is told apart by having no end.
    """
    idle = last & (states == state.NONE)
    waiting = last & ((states == state.SCHEDULED) | (states == state.QUEUED))
    stale = idle | (waiting & ~missing(times["end"]))
    times["start"][stale] = NAT
    times["end"][stale] = NAT
    times["queued"][idle | (last & (states == state.SCHEDULED))] = NAT
    times["scheduled"][idle] = NAT


def _rescheduled(draft: Draft, catalog: Catalog, tries: tuple[Codes, Codes, Codes], last: Bools) -> Times:
    if not draft.reschedules:
        nothing: Times = np.broadcast_to(NAT, len(last))
        return nothing
    due: Times = np.full(len(last), NAT)
    run, task, map_index = (column[last].astype(np.int64) for column in tries)
    span = int(map_index.max()) + 2
    key = (run * len(catalog.tasks) + task) * span + map_index + 1
    rows = np.flatnonzero(last)
    found = [row for row in draft.reschedules if row.run in catalog.run_rows]
    late_run = np.array([catalog.run_rows[row.run] for row in found], np.int64)
    late_task = np.array([catalog.task_rows[row.dag_id, row.task_id] for row in found], np.int64)
    late_map = np.array([row.map_index for row in found], np.int64)
    wanted = (late_run * len(catalog.tasks) + late_task) * span + late_map + 1
    at = row_of(key, rows, wanted)
    due[at[at >= 0]] = moments([row.due for row in found])[at >= 0]
    return due


def _tries(draft: Draft, catalog: Catalog) -> TaskInstances:

    def column(name: str) -> AnyArray:
        joined: AnyArray = np.concatenate([getattr(draft.current, name), getattr(draft.earlier, name)])
        return joined

    last = np.zeros(len(draft.current) + len(draft.earlier), bool)
    last[: len(draft.current)] = True
    kind = column("kind")
    run = row_of(catalog.run_keys, catalog.run_order, column("run")).astype(np.int32)
    task = catalog.task[kind]
    keep = np.flatnonzero(run >= 0)
    key = [run, task, column("map_index"), column("try_number")]
    order = keep[_order([part[keep] for part in key])] if len(keep) else keep
    times = {name: column(name)[order] for name in ("scheduled", "queued", "start", "end")}
    codes = {name: column(name)[order] for name in ("state", "pool_slots", "priority_weight", "host")}
    last, kind = last[order], kind[order]
    _emptied(times, codes["state"], last)
    run, task, map_index, try_number = (part[order] for part in key)
    return TaskInstances(
        run=run,
        task=task,
        map_index=map_index,
        try_number=try_number,
        pool=catalog.pool[kind],
        queue=narrowed(catalog.queue)[kind],
        operator=narrowed(catalog.operator)[kind],
        executor=narrowed(catalog.executor)[kind],
        rescheduled=_rescheduled(draft, catalog, (run, task, map_index), last),
        last=last,
        state=narrowed(codes["state"]),
        pool_slots=codes["pool_slots"],
        priority_weight=codes["priority_weight"],
        host=narrowed(codes["host"]),
        scheduled=times["scheduled"],
        queued=times["queued"],
        start=times["start"],
        end=times["end"],
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
