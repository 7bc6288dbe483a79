"""How much of each limit was in use: its peak, how long it was at its cap, and what was left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.priced import About, Priced, Rule, dearest_first
from airflow_tune.diagnose.waits.holding import begin_for_tasks
from airflow_tune.diagnose.waits.intervals import Intervals
from airflow_tune.diagnose.waits.levels import Level, above, blocks, level
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.occupancy import Occupancy
from airflow_tune.diagnose.waits.run_wait import active_runs
from airflow_tune.findings import Layer
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, Ints, grouped
from airflow_tune.history.model import History

RULE = Rule("AFH02", "limit-never-binds", Layer.FRAMEWORK, "concurrency")
ROOMY = 0.5
"""A limit whose peak used less than this share of it holds nothing back."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One limit over the window: `saturated_share` of the time at its cap, `headroom_share` at the peak.

    `peak` counts slots. Both shares are 0..1; `headroom_share` is (limit - peak) / limit, below 0 where
    the limit was lowered since. A limit `never_binds` whose peak stayed below it.
    """

    limit: str
    size: int
    peak: int
    saturated_s: float
    saturated_share: float
    headroom_share: float
    never_binds: bool


def _peaks(levels: Level, size: Ints, owner: Ints, owners: int) -> tuple[Ints, Ints]:
    """Return for each owner its groups' highest level, and how long (µs) one of them was at `size` or above.

    `size` and `owner` are by group: a limit that counts in each DAG run has many groups.
    """
    most, full = _full(levels, size, owner, owners)
    return most, _lasting(full, owners)


def _full(levels: Level, size: Ints, owner: Ints, owners: int) -> tuple[Ints, Intervals]:
    """Return for each owner its groups' highest level, and when each of its groups was full."""
    peak, most = levels.peaks(), np.zeros(owners, np.int64)
    np.maximum.at(most, owner, peak)
    able = np.flatnonzero((size > 0) & (peak >= size))
    spans = above(levels, able, size[able] - 1)
    return most, Intervals(owner[able][spans.group], spans.begin, spans.end)


def _lasting(full: Intervals, owners: int) -> Ints:
    """Return how long (µs) one at least of each owner's groups was full."""
    together = level(full.group, full.begin, full.end, np.ones(len(full), np.int8), owners)
    spans = above(together, np.arange(owners), np.zeros(owners, np.int64))
    lasting = np.zeros(owners, np.int64)
    np.add.at(lasting, spans.group, spans.end - spans.begin)
    return lasting


def _usage(name: str, size: int, peak: int, full: int, window: int) -> Usage:
    headroom = (size - peak) / size
    share = min(full / max(window, 1), 1.0)
    return Usage(name, size, peak, full / MICROSECONDS, share, headroom, peak < size)


def _whole(occupancy: Occupancy, window: int) -> Iterator[Usage]:
    machinery = occupancy.machinery
    for name, size in dict([("parallelism", machinery.slots), machinery.queued_limit]).items():
        if size:
            peak, full = _peaks(occupancy.running, np.array([size]), np.zeros(1, np.int64), 1)
            # The level is an upper bound.
            yield _usage(name, size, min(int(peak[0]), size), int(full[0]), window)


def _pools(occupancy: Occupancy, window: int) -> Iterator[Usage]:
    pools = occupancy.history.pools
    size = pools.slots.astype(np.int64)
    peak, full = _peaks(occupancy.pools, size, np.arange(len(size)), len(size))
    for at in np.flatnonzero(size > 0):
        yield _usage(f"pool:{pools.names[at]}", int(size[at]), int(peak[at]), int(full[at]), window)


def _dags(occupancy: Occupancy, window: int) -> Iterator[Usage]:
    """Yield max_active_tasks by DAG; in 3.x the peak is the fullest run's, the time that of any."""
    history, held = occupancy.history, occupancy.held
    dags = history.dags
    per_run = occupancy.machinery.version.limits_active_tasks_per_run
    group = (history.tries.run if per_run else history.dag_of_try)[held.row]
    dag = history.runs.dag if per_run else np.arange(len(dags.names))
    most, parts = np.zeros(len(dags.names), np.int64), []
    for rows in blocks(group):
        low, high = int(group[rows].min()), int(group[rows].max()) + 1
        one = np.broadcast_to(np.int8(1), rows.stop - rows.start)
        levels = level(group[rows] - low, held.begin[rows], held.end[rows], one, high - low)
        own = dag[low:high]
        peak, full = _full(levels, dags.max_active_tasks[own].astype(np.int64), own, len(dags.names))
        most = np.maximum(most, peak)
        parts.append((full.group, full.begin, full.end))
    spans = Intervals(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    full_us = _lasting(spans, len(dags.names))
    for at in np.flatnonzero(dags.max_active_tasks > 0):
        name = f"max_active_tasks:{dags.names[at]}"
        yield _usage(name, int(dags.max_active_tasks[at]), int(most[at]), int(full_us[at]), window)


def _runs(history: History, window: int) -> Iterator[Usage]:
    """Yield max_active_runs by DAG, backfill runs apart."""
    dags = history.dags
    group, begin, end = active_runs(history, history.runs.start, (state.RUNNING,))
    size = dags.max_active_runs.astype(np.int64)
    levels = level(group, begin, end, np.ones(len(group), np.int64), len(size))
    peak, full = _peaks(levels, size, np.arange(len(size)), len(size))
    for at in np.flatnonzero((size > 0) & (peak > 0)):
        name = f"max_active_runs:{dags.names[at]}"
        yield _usage(name, int(size[at]), int(peak[at]), int(full[at]), window)


def _tasks(occupancy: Occupancy, window: int, *, per_run: bool) -> Iterator[Usage]:
    """Yield the limits of tasks themselves; in runs, the peak is the fullest run's, the time that of any."""
    history, held = occupancy.history, occupancy.held
    name = "max_active_tis_per_dagrun" if per_run else "max_active_tis_per_dag"
    cap, tries = getattr(history.tasks, name), history.tries
    some = np.flatnonzero(cap[tries.task[held.row]] > 0)
    row = held.row[some]
    key = tries.task[row] + (tries.run[row] * np.int64(len(cap)) if per_run else 0)
    keys, _, group = grouped(key)
    task = keys % max(len(cap), 1)
    begin = begin_for_tasks(occupancy.machinery, held)[some]
    levels = level(group, begin, held.end[some], np.ones(len(some), np.int64), len(keys))
    most, full = _peaks(levels, cap[task].astype(np.int64), task, len(cap))
    for at in np.flatnonzero(most):
        named = f"{name}:{history.task_name(int(at))}"
        yield _usage(named, int(cap[at]), int(most[at]), int(full[at]), window)


def measure_concurrency(
    history: History, machinery: Machinery, occupancy: Occupancy | None = None
) -> tuple[Usage, ...]:
    """Return the use of every limit that is known, the one that was full for longest first.

    `occupancy` is that of `history`, where it is there already.
    """
    occupancy = Occupancy.of(history, machinery) if occupancy is None else occupancy
    held = occupancy.held
    if not len(held.row):
        return ()
    window = int(held.end.max() - held.begin.min())
    found = [
        *_whole(occupancy, window),
        *_pools(occupancy, window),
        *_dags(occupancy, window),
        *_runs(history, window),
        *(usage for per_run in (False, True) for usage in _tasks(occupancy, window, per_run=per_run)),
    ]
    return tuple(sorted(found, key=lambda usage: (-usage.saturated_s, usage.headroom_share, usage.limit)))


def roomy_limits(usages: tuple[Usage, ...]) -> tuple[Priced, ...]:
    """Return the pools that were never half full: their slots protect nothing and hold nothing."""
    found = [
        RULE.found(
            f"{usage.limit} never had more than {usage.peak} of {usage.size} slots in use",
            "leave it, or lower it if it is meant to protect something: raising it changes nothing",
            saved_s=0.0,
            about=About(RULE.section, usage.limit),
            shown=[("peak", f"{usage.peak} slots", f"{usage.peak} / {usage.size}")],
        )
        for usage in usages
        if usage.limit.startswith("pool:") and usage.peak < ROOMY * usage.size
    ]
    return dearest_first(found)
