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


def _beside(group: Codes, held: Holding, groups: int, asked: Ints) -> Ints:
    """Return how many of its group ran when each of `asked` (places in `held`) started, itself among them."""
    own = group[held.row]
    beside = np.zeros(len(asked), np.int64)
    for at in np.flatnonzero(np.bincount(own[asked], minlength=groups)):
        members = np.flatnonzero(own[asked] == at)
        moment, inside = held.started[asked[members]], own == at
        begun = np.searchsorted(np.sort(held.started[inside]), moment, side="right")
        beside[members] = begun - np.searchsorted(np.sort(held.end[inside]), moment, side="right")
    return beside


def _stretch(history: History, row: Ints, beside: Ints) -> Floats:
    """Return how long each try ran relative to the median of its task's least crowded half; NaN for few."""
    tries = history.tries
    span = (micros(tries.end) - micros(tries.start))[row] / MICROSECONDS
    task = tries.task[row]
    order = np.lexsort([beside, task])
    base = np.full(len(history.tasks), np.nan)
    first = np.searchsorted(task[order], np.arange(len(history.tasks) + 1))
    for at in np.flatnonzero(np.diff(first) >= SEEN):
        calm = order[first[at] : first[at] + (first[at + 1] - first[at] + 1) // 2]
        base[at] = np.median(span[calm])
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
    history: History, held: Holding, kind: str, code: Codes, names: tuple[str, ...]
) -> Iterator[Contention]:
    tries, group = history.tries, code
    keep = group[held.row] >= 0
    if not keep.any():
        return
    if not keep.all():
        held = Holding(*(getattr(held, name)[keep] for name in Holding.__slots__))
    good = np.flatnonzero((tries.state[held.row] == state.SUCCESS) & (held.end > held.started))
    asked = good[:: max(len(good) // FITTED, 1)]
    row, beside = held.row[asked], _beside(group, held, len(names), asked)
    stretch, span = _stretch(history, row, beside), (held.end - held.started)[asked] / MICROSECONDS
    for at, name in enumerate(names):
        own = (group[row] == at) & np.isfinite(stretch)
        if own.sum() >= ENOUGH and len(np.unique(beside[own])) >= LEVELS:
            own = np.flatnonzero(own)
            own = own[np.argsort(held.started[asked[own]], kind="stable")]
            yield _one(f"{kind}:{name}", beside[own], stretch[own], span[own])


def measure_contention(history: History, held: Holding | None = None) -> tuple[Contention, ...]:
    """Return the fits for pools, queues and hosts, the one that costs most time first.

    `held` is what holding(history) returns, where it is there already.
    """
    tries, held = history.tries, holding(history) if held is None else held
    found = [
        *_groups(history, held, "pool", tries.pool, history.pools.names),
        *_groups(history, held, "queue", tries.queue, history.queues),
        *_groups(history, held, "host", tries.host, history.hosts),
    ]
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
