"""Who shares one limit: its size, the group and the weight of each try, and from when on it is held."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from airflow_tune.diagnose.waits.holding import Holding, begin_for_pools, begin_for_tasks
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.history.column import MICROSECONDS, Bools, Ints
from airflow_tune.history.model import History

MEAN_TAIL_SHARE = 0.34
"""Of the slot tail's upper bound, what a task instance takes on average.

Measured on 3.3.2: 25–43 % of task instances hold their executor slot for all of it, the others for 25 ms.
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """A limit of `size` slots for each group; `group` is -1 where it does not count.

    `group` and `weight` are by try, `begin` (µs) by row of the holding; a slot stays taken `tail_us`
    after the end.
    """

    size: int
    group: Ints
    weight: Ints
    begin: Ints
    tail_us: int = 0


def _single(size: int, mine: Bools, begin: Ints) -> Shared:
    group = np.where(mine, 0, -1)
    return Shared(size, group, np.ones(len(group), np.int64), begin)


def _by_run(history: History, shared: Shared) -> Shared:
    return replace(shared, group=np.where(shared.group < 0, -1, history.tries.run.astype(np.int64)))


def _pool(history: History, name: str, held: Holding) -> Shared:
    pools, tries = history.pools, history.tries
    at = pools.names.index(name)
    found = _single(int(pools.slots[at]), tries.pool == at, begin_for_pools(history, held))
    return replace(found, weight=np.maximum(tries.pool_slots.astype(np.int64), 1))


def _dag(history: History, name: str, machinery: Machinery, held: Holding) -> Shared:
    at = history.dags.names.index(name)
    size = int(history.dags.max_active_tasks[at])
    found = _single(size, history.dag_of_try == at, held.begin)
    return _by_run(history, found) if machinery.version.limits_active_tasks_per_run else found


def _task(history: History, name: str, machinery: Machinery, held: Holding, *, per_run: bool) -> Shared:
    tasks = history.tasks
    at = next(task for task in range(len(tasks)) if history.task_name(task) == name)
    cap = tasks.max_active_tis_per_dagrun if per_run else tasks.max_active_tis_per_dag
    begin = begin_for_tasks(machinery, held)
    found = _single(int(cap[at]), history.tries.task == at, begin)
    return _by_run(history, found) if per_run else found


def _whole(history: History, name: str, machinery: Machinery, held: Holding) -> Shared | None:
    """Return what parallelism or the worker slots count: every task instance, and its slot's tail."""
    size = {"parallelism": machinery.slots, "worker_slots": machinery.worker_slots or 0}.get(name)
    if not size:
        return None
    begin = held.started if name == machinery.queued_limit[0] else held.begin
    tail = int(machinery.slot_tail_s * MEAN_TAIL_SHARE * MICROSECONDS)
    found = _single(size, np.ones(len(history.tries), bool), begin)
    return replace(found, tail_us=tail)


def shared_by(history: History, limit: str, machinery: Machinery, held: Holding) -> Shared | None:
    """Return who shares `limit`, named as in the waits; None for what has no slots."""
    kind, _, name = limit.partition(":")
    if kind == "pool":
        return _pool(history, name, held)
    if kind == "max_active_tasks":
        return _dag(history, name, machinery, held)
    if kind in ("max_active_tis_per_dag", "max_active_tis_per_dagrun"):
        return _task(history, name, machinery, held, per_run=kind == "max_active_tis_per_dagrun")
    return _whole(history, limit, machinery, held)
