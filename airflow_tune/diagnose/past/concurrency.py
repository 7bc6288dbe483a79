"""How much of each limit was in use: its peak, how long it was at its cap, and what was left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.priced import Priced, Rule, dearest_first
from airflow_tune.diagnose.waits.holding import Holding, holding, with_tail
from airflow_tune.diagnose.waits.intervals import Level, above, level
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.findings import Layer
from airflow_tune.history.column import MICROSECONDS, Ints
from airflow_tune.history.model import History

RULE = Rule("AFH02", "limit-never-binds", Layer.FRAMEWORK, "concurrency")
ROOMY = 0.5
"""A limit whose peak used less than this share of it holds nothing back."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One limit over the window: `saturated_share` of the time at its cap, `headroom_share` at the peak.

    `peak` counts slots. Both shares are 0..1; `headroom_share` is (limit - peak) / limit.
    """

    limit: str
    size: int
    peak: int
    saturated_s: float
    saturated_share: float
    headroom_share: float

    @property
    def never_binds(self) -> bool:
        """Return whether the peak stayed below the limit."""
        return self.peak < self.size


def _peaks(levels: Level, size: Ints) -> tuple[Ints, Ints]:
    """Return each group's highest level, and for how long (µs) it was at `size` or above."""
    count = np.diff(levels.first)
    some = np.flatnonzero(count)
    peak, full = np.zeros(len(size), np.int64), np.zeros(len(size), np.int64)
    if len(some):
        peak[some] = np.maximum.reduceat(levels.value, levels.first[:-1][some])
        able = np.flatnonzero((size > 0) & (peak >= size))
        spans = above(levels, able, size[able] - 1)
        np.add.at(full, able[spans.group], spans.end - spans.begin)
    return peak, full


def _usage(name: str, size: int, peak: int, full: int, window: int) -> Usage:
    return Usage(name, size, peak, full / MICROSECONDS, full / max(window, 1), (size - peak) / size)


def _whole(machinery: Machinery, held: Holding, window: int) -> Iterator[Usage]:
    zero = np.zeros(len(held.row), np.int64)
    # A slot stays busy after end_date; the tail is an upper bound, so the peak is cut at the limit.
    levels = level(zero, held.started, with_tail(held.end, machinery.slot_tail_s), zero + 1, 1)
    for name, size in dict([("parallelism", machinery.slots), machinery.queued_limit]).items():
        if size:
            peak, full = _peaks(levels, np.array([size]))
            yield _usage(name, size, min(int(peak[0]), size), int(full[0]), window)


def _pools(history: History, held: Holding, window: int) -> Iterator[Usage]:
    pools, tries = history.pools, history.tries
    pool = tries.pool[held.row].astype(np.int64)
    begin = np.where(pools.include_deferred[pool], held.deferred, held.begin)
    weight = tries.pool_slots[held.row].astype(np.int64)
    size = pools.slots.astype(np.int64)
    peak, full = _peaks(level(pool, begin, held.end, weight, len(size)), size)
    for at in np.flatnonzero(size > 0):
        yield _usage(f"pool:{pools.names[at]}", int(size[at]), int(peak[at]), int(full[at]), window)


def _dags(history: History, machinery: Machinery, held: Holding, window: int) -> Iterator[Usage]:
    """Yield max_active_tasks by DAG; in 3.x the peak is the fullest run's, the time that of all runs."""
    dags = history.dags
    per_run = machinery.version.limits_active_tasks_per_run
    group = (history.tries.run if per_run else history.dag_of_try)[held.row].astype(np.int64)
    dag = history.runs.dag if per_run else np.arange(len(dags.names))
    size = dags.max_active_tasks[dag].astype(np.int64)
    levels = level(group, held.begin, held.end, np.ones(len(group), np.int64), len(dag))
    peak, full = _peaks(levels, size)
    most, long = np.zeros(len(dags.names), np.int64), np.zeros(len(dags.names), np.int64)
    np.maximum.at(most, dag, peak)
    np.add.at(long, dag, full)
    for at in np.flatnonzero(dags.max_active_tasks > 0):
        name = f"max_active_tasks:{dags.names[at]}"
        yield _usage(name, int(dags.max_active_tasks[at]), int(most[at]), int(long[at]), window)


def measure_concurrency(history: History, machinery: Machinery) -> tuple[Usage, ...]:
    """Return the use of parallelism, worker slots, pools and DAGs, the fullest for longest first."""
    held = holding(history)
    if not len(held.row):
        return ()
    window = int(held.end.max() - held.begin.min())
    found = [
        *_whole(machinery, held, window),
        *_pools(history, held, window),
        *_dags(history, machinery, held, window),
    ]
    return tuple(sorted(found, key=lambda usage: (-usage.saturated_s, usage.headroom_share, usage.limit)))


def roomy_limits(usages: tuple[Usage, ...]) -> tuple[Priced, ...]:
    """Return the pools that were never half full: their slots protect nothing and hold nothing."""
    found = [
        RULE.found(
            f"{usage.limit} never had more than {usage.peak} of {usage.size} slots in use",
            "leave it, or lower it if it is meant to protect something: raising it changes nothing",
            saved_s=0.0,
            shown=[("peak", f"{usage.peak} slots", f"{usage.peak} / {usage.size}")],
        )
        for usage in usages
        if usage.limit.startswith("pool:") and usage.peak < ROOMY * usage.size
    ]
    return dearest_first(found)
