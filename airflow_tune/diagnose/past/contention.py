"""Does a task run longer the more run beside it? The Universal Scalability Law says from when on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.priced import About, Priced, Rule, dearest_first
from airflow_tune.diagnose.waits.holding import Holding, holding
from airflow_tune.estimates import least_squares
from airflow_tune.findings import Layer
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, Codes, Floats, Ints, micros
from airflow_tune.history.model import History
from airflow_tune.scalability import best_concurrency, slowdown, terms

RULE = Rule("AFH10", "more-slots-slow-everything", Layer.SYSTEM, "contention")
ENOUGH = 100
"""Fewer tries than this, or fewer than five levels of concurrency, fit nothing."""
LEVELS = 5
SEEN = 4
"""A task with fewer tries than this is its own measure: how crowded it was then says nothing."""
FITTED = 250_000
"""Of more tries than this an even sample is fitted: the error of a fit no longer shrinks by more."""
BLOCKS = 20
"""Into how many stretches of time the tries are cut for the errors of a fit."""
T_95 = 2.09
"""Student's t for 95 % with BLOCKS - 1 degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Contention:
    """The law's fit for one pool, queue or host.

    `sigma` and `kappa` with 95 % half widths; `best` is N*, infinite where κ is not above 0 with that
    confidence. `most` ran at a time; `slowed_s` is the time that tries ran longer than alone, `tries` how
    many were fitted.
    """

    where: str
    tries: int
    sigma: float
    sigma_half_width: float
    kappa: float
    kappa_half_width: float
    best: float
    most: int
    slowed_s: float


def _beside(own: Codes, held: Holding, asked: Ints) -> Ints:
    """Return how many of its group ran when each of `asked` (places in `held`) started, itself among them.

    `own` is the group of each of `held`, -1 for none.
    """
    moment = held.started[asked]
    order = np.argsort(moment)
    beside = np.empty(len(asked), np.int64)
    beside[order] = _passed(own, held.started, asked[order], moment[order])
    beside[order] -= _passed(own, held.end, asked[order], moment[order])
    return beside


def _passed(own: Codes, times: Ints, asked: Ints, moment: Ints) -> Ints:
    """Return how many of `times` of its own group lie at or before each `moment`; `own` is by time."""
    low, high = int(times.min()), int(times.max())
    # Group and time in one number: one plain sort does it all.
    width = high - low + 2
    key = own.astype(np.int64)
    key *= width
    key += times
    key -= low
    key.sort()
    first = own[asked].astype(np.int64) * width
    found: Ints = np.searchsorted(key, first + (moment - low).clip(-1, width - 1), side="right")
    found -= np.searchsorted(key, first)
    return found


def _stretch(task: Ints, span: Floats, beside: Ints, tasks: int) -> Floats:
    """Return how long each try ran relative to the median of its task's least crowded half; NaN for few."""
    order = np.lexsort([beside, task])
    size = np.bincount(task, minlength=tasks)
    first = np.cumsum(size) - size
    half = (size + 1) // 2
    # Of each task the calm ones, the shortest first.
    calm = order[np.arange(len(order)) - first[task[order]] < half[task[order]]]
    calm = calm[np.lexsort([span[calm], task[calm]])]
    middle = np.cumsum(half) - half + (half - 1) // 2
    some = np.flatnonzero(size >= SEEN)
    base = np.full(tasks, np.nan)
    base[some] = (span[calm[middle[some]]] + span[calm[(middle + (half + 1) % 2)[some]]]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = span / base[task]
    return found


def _fit(beside: Ints, stretch: Floats) -> tuple[Floats, Floats]:
    """Return σ and κ by least squares on stretch - 1, and their standard errors; rows are in order of time.

    Tries that run at one time share what slows them: whole stretches of time are taken as independent.
    The greater of these errors and the plain ones counts.
    """
    block = np.arange(len(beside)) * BLOCKS // len(beside)
    fit = least_squares(terms(beside), stretch - 1, block, BLOCKS)
    variance = np.maximum(np.diag(fit.plain), np.diag(fit.grouped))
    return fit.coefficients, np.sqrt(np.maximum(variance, 0))


def _one(where: str, beside: Ints, stretch: Floats, span: Floats) -> Contention:
    (sigma, kappa), (sigma_error, kappa_error) = (part.tolist() for part in _fit(beside, stretch))
    certain = kappa - T_95 * kappa_error > 0
    best = best_concurrency(sigma, kappa if certain else 0.0)
    slowed = float((span * (1 - 1 / slowdown(beside, sigma, kappa))).sum()) if certain else 0.0
    widths = (T_95 * sigma_error, T_95 * kappa_error)
    most = int(beside.max())
    return Contention(where, len(beside), sigma, widths[0], kappa, widths[1], best, most, slowed)


def _groups(
    history: History, held: Holding, good: Ints, kind: tuple[str, Codes, tuple[str, ...]]
) -> Iterator[Contention]:
    """Yield the fit of each group of a kind: its name, the group of each try, and the groups' names.

    Those of `held` at `good` ran to their end.
    """
    called, code, names = kind
    tries, own = history.tries, code[held.row]
    some = good[own[good] >= 0]
    if not len(some):
        return
    asked = some[:: max(len(some) // FITTED, 1)]
    row, group, beside = held.row[asked], own[asked], _beside(own, held, asked)
    ran = (micros(tries.end)[row] - micros(tries.start)[row]) / MICROSECONDS
    stretch = _stretch(tries.task[row], ran, beside, len(history.tasks))
    span = (held.end[asked] - held.started[asked]) / MICROSECONDS
    for at, name in enumerate(names):
        mine = np.flatnonzero((group == at) & np.isfinite(stretch))
        if len(mine) >= ENOUGH and np.count_nonzero(np.bincount(beside[mine])) >= LEVELS:
            mine = mine[np.argsort(held.started[asked[mine]], kind="stable")]
            yield _one(f"{called}:{name}", beside[mine], stretch[mine], span[mine])


def measure_contention(history: History, held: Holding | None = None) -> tuple[Contention, ...]:
    """Return the fits for pools, queues and hosts, the one that costs most time first.

    `held` is what holding(history) returns, where it is there already.
    """
    tries, held = history.tries, holding(history) if held is None else held
    good = np.flatnonzero((tries.state[held.row] == state.SUCCESS) & (held.end > held.started))
    kinds: tuple[tuple[str, Codes, tuple[str, ...]], ...] = (
        ("pool", tries.pool, history.pools.names),
        ("queue", tries.queue, history.queues),
        ("host", tries.host, history.hosts),
    )
    found = [one for kind in kinds for one in _groups(history, held, good, kind)]
    return tuple(sorted(found, key=lambda one: -one.slowed_s))


def harmful_concurrency(contentions: tuple[Contention, ...]) -> tuple[Priced, ...]:
    """Return where more ran beside one another than throughput bears."""
    return dearest_first(
        RULE.found(
            f"{one.where}: beyond {one.best:.0f} at a time throughput falls; up to {one.most} ran",
            f"allow about {one.best:.0f} at a time",
            saved_s=one.slowed_s,
            about=About(RULE.section, one.where),
            shown=[
                ("kappa", f"{one.kappa:.2g} ± {one.kappa_half_width:.1g}", "duration = 1 + σ(N-1) + κN(N-1)"),
                ("sigma", f"{one.sigma:.2g} ± {one.sigma_half_width:.1g}", "duration = 1 + σ(N-1) + κN(N-1)"),
            ],
        )
        for one in contentions
        if one.best < one.most
    )
