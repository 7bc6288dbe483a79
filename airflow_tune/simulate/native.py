"""The compiled simulation (core.c), where it was built: the same bytes as machine.py, many times sooner."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import PurePath

import numpy as np

from airflow_tune.compiled import Record, bigs, load, octets, reals, rows
from airflow_tune.errors import TuneError
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.column import AnyArray
from airflow_tune.simulate.plan import Plan
from airflow_tune.simulate.played import Played
from airflow_tune.simulate.system import System

LIBRARY = PurePath(__file__).with_name("_core.so")
_KINDS = {ExecutorKind.CELERY: 1, ExecutorKind.KUBERNETES: 2}


def library() -> ctypes.CDLL | None:
    """Return the compiled simulation, None where it was not built or is of another machine."""
    return load(str(LIBRARY))


def _plan(plan: Plan, executors: int) -> Iterator[AnyArray | int | float]:
    """Yield the fields of `plan` in core/input.h."""
    dags, tasks, runs, cells = plan.dags, plan.tasks, plan.runs, plan.cells
    yield from (len(plan.pools.names), len(dags.names), len(tasks), len(runs), len(cells), len(plan))
    yield from (len(plan.stints), len(plan.queues), executors)
    yield from (bigs(plan.pools.slots), octets(plan.pools.include_deferred), octets(plan.pools.gone))
    yield from (bigs(dags.max_active_tasks), bigs(dags.max_active_runs))
    yield from (rows(dags.first_task), rows(tasks.dag), octets(tasks.trigger_rule))
    yield from (octets(tasks.depends_on_past), bigs(tasks.max_active_tis_per_dag))
    yield from (bigs(tasks.max_active_tis_per_dagrun), rows(tasks.first), rows(tasks.upstream))
    yield from (rows(runs.dag), reals(runs.due_s), octets(runs.scheduled), octets(runs.backfill))
    yield from (rows(runs.first_cell), rows(runs.before))
    for name in ("run", "task", "first", "pool", "pool_slots", "priority_weight", "queue", "executor"):
        yield rows(getattr(cells, name))
    yield from (rows(plan.cell_of), rows(plan.first_stint), rows(plan.order))
    yield from (reals(plan.stints.work_s), octets(plan.stints.then), reals(plan.stints.gap_s))
    yield octets(plan.stints.demand)


def _system(plan: Plan, system: System) -> Iterator[AnyArray | int | float]:
    """Yield the fields of `system` in core/input.h."""
    late = system.latencies
    yield from (system.schedulers, system.parallelism, system.max_tis_per_query, system.runs_created)
    yield from (system.runs_examined, system.pipe, int(system.limits_per_run), int(system.counts_deferred))
    yield from (int(system.mini_scheduler), int(system.fewest_runs_first), int(system.fifo))
    yield from (system.idle_sleep_s, late.tail_slow_share, late.tail_slow_s, late.examine_share)
    yield late.choose_share
    tables = (late.body, late.start, late.tail_fast)
    yield from (len(table) for table in tables)
    yield from (np.array(table, float) for table in tables)
    yield np.array([_KINDS.get(executor.kind, 0) for executor in system.executors], np.int32)
    yield np.array([executor.pods_per_loop for executor in system.executors], np.int32)
    workers = [
        (row, group.concurrency, max(group.reserve, group.concurrency), group.queues)
        for row, executor in enumerate(system.executors)
        for group in executor.workers
        for _ in range(group.count)
    ]
    yield len(workers)
    yield from (np.array([one[column] for one in workers], np.int32) for column in range(3))
    yield from (len(system.demands), np.array(system.hosts(), float))
    yield from (
        np.array([getattr(one, name) for one in system.demands], float) for name in ("cores", "bytes")
    )
    queues = plan.queues or ("",)
    serves = [not own or name in own for *_, own in workers for name in queues]
    yield np.array(serves, np.int8)


def play_native(plan: Plan, system: System, seed: int) -> Played:
    """Return what becomes of `plan` under `system`; raises TuneError where memory does not suffice."""
    found = library()
    if found is None:
        raise TuneError(
            "the compiled simulation is not there", remedy="install a wheel, or let Python play it"
        )
    hosts = len(system.hosts()) if system.demands else 0
    sizes = [len(plan.stints)] * 5 + [len(plan)] + [len(plan.runs)] * 3 + [hosts] * 2
    columns = [np.full(size, np.nan) for size in sizes]
    asked = Record(_plan(plan, len(system.executors)))
    under, out = Record(_system(plan, system)), Record(iter(columns))
    pointers = (ctypes.byref(asked.struct), ctypes.byref(under.struct))
    if found.airflow_tune_play(*pointers, ctypes.c_uint64(seed), ctypes.byref(out.struct)):
        raise TuneError(
            f"there is not enough memory to play {len(plan)} task instances",
            remedy="replay less with --since, or on a larger machine",
        )
    return Played(*columns)
