"""How much longer work takes where more of it runs beside: by the fits of the diagnosis.

Where a pool or queue is known to slow its tasks down the more of them run (the Universal Scalability Law
fits with 95 % confidence), a stint lasts as long as it did, times the law at how many run beside it now,
over the law at how many did then. As that changes when everything runs, it is played again until it settles.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from airflow_tune.diagnose.past.contention import Contention, measure_contention
from airflow_tune.history.column import MICROSECONDS, Floats, Ints, micros, missing
from airflow_tune.history.model import History
from airflow_tune.scalability import slowdown
from airflow_tune.simulate.plan import Plan
from airflow_tune.simulate.play import play
from airflow_tune.simulate.played import Played
from airflow_tune.simulate.system import System
from airflow_tune.simulate.workload import Workload

ROUNDS = 6
"""It settles within 1 % by then: each round halves what is left."""
_POOL, _QUEUE = "pool:", "queue:"


def certain_fits(history: History) -> tuple[Contention, ...]:
    """Return the fits of pools and queues whose slowing is certain, the one that costs most first."""
    return tuple(
        one
        for one in measure_contention(history)
        if one.where.startswith((_POOL, _QUEUE)) and np.isfinite(one.best) and one.slowed_s > 0
    )


def _law(fit: Contention, beside: Ints) -> Floats:
    return slowdown(np.maximum(beside, 1), fit.sigma, fit.kappa)


def _beside(start: Floats, end: Floats, asked: Floats) -> Ints:
    """Return how many run at each of `asked`, what starts then included."""
    begun = np.searchsorted(np.sort(start[~np.isnan(start)]), asked, side="right")
    over = np.searchsorted(np.sort(end[~np.isnan(end)]), asked, side="right")
    return begun - over


def _members(work: Workload, fit: Contention) -> Ints:
    """Return the stints that `fit` speaks of."""
    plan = work.plan
    cell = np.repeat(plan.cell_of, np.diff(plan.first_stint))
    kind, _, name = fit.where.partition(":")
    names, column = (
        (plan.pools.names, plan.cells.pool) if f"{kind}:" == _POOL else (plan.queues, plan.cells.queue)
    )
    return np.flatnonzero(column[cell] == names.index(name)) if name in names else np.zeros(0, np.int64)


def _before(history: History, work: Workload, rows: Ints) -> Ints:
    """Return how many of `rows` ran beside each of them when they really ran."""
    tries = history.tries
    real = work.stint_try[rows]
    start, end = (
        np.where(missing(column[real]), np.nan, micros(column)[real] / MICROSECONDS)
        for column in (tries.start, tries.end)
    )
    found: Ints = np.where(np.isnan(start), 1, _beside(start, end, np.nan_to_num(start)))
    return found


def play_stretched(
    history: History, work: Workload, system: System, seed: int, fits: tuple[Contention, ...]
) -> tuple[Plan, Played]:
    """Return the plan with its work stretched by `fits`, and what becomes of it under `system`."""
    plan = work.plan
    if not fits:
        return plan, play(plan, system, seed)
    groups = [(fit, _members(work, fit)) for fit in fits]
    was = [_law(fit, _before(history, work, rows)) for fit, rows in groups]
    factor = np.ones(len(plan.stints))
    played = play(plan, system, seed)
    for _ in range(ROUNDS):
        wanted = np.ones(len(plan.stints))
        for (fit, rows), before in zip(groups, was, strict=True):
            start, end = played.start[rows], played.end[rows]
            now = _law(fit, _beside(start, end, np.nan_to_num(start)))
            # The first fit is the dearest: of two that meet, only it counts.
            own = wanted[rows] == 1.0
            wanted[rows[own]] = (now / before)[own]
        factor = (factor + wanted) / 2
        longer = replace(plan, stints=replace(plan.stints, work_s=plan.stints.work_s * factor))
        played = play(longer, system, seed)
    return longer, played
