"""The cheapest configuration that meets an objective, found by playing the past under one after another.

From the present settings on, the limit that is waited for most is raised, whichever of the raises spares
most; then the slots are taken back as far as the objective bears it, and what costs none is raised as far as
that helps. What limits a DAG's author set on purpose (max_active_runs, limits of a task) is left alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from airflow_tune.executors import ExecutorKind
from airflow_tune.history.model import NO_LIMIT
from airflow_tune.recommend.bounds import Bound
from airflow_tune.recommend.objective import CLOSE, Objective
from airflow_tune.recommend.search import PARALLELISM, SEEDS, WORKERS, Search
from airflow_tune.simulate.change import POOL, Change
from airflow_tune.simulate.outcome import Outcome
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.study import mean_outcome, play_once

MOST_STEPS = 24
LEAST_GAIN = 0.01
"""A raise that shortens the objective's figure by less than 1 % is noise."""
FREE_GAIN = 0.02
"""A raise that costs no slot is made where it shortens the figure by 2 %; less is not worth a larger pool."""
TRIED = 4
"""Of the limits that are waited for, so many are tried at each step."""
LOADS = (1.25, 2.0)
FRONT = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True, slots=True)
class Step:
    """One change in the order to apply them, with the objective's figure before and after it."""

    change: Change
    before_s: float
    after_s: float


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the front: so many slots, and what comes of them."""

    slots: int
    outcome: Outcome
    knee: bool = False


@dataclass(frozen=True, slots=True)
class Optimum:
    """The configuration found: `steps` lead to it, `binds_next` is what it still waits for most.

    `met` says whether it meets the objective; `unbounded_s` is the objective's figure without any limit
    of these. `loads` are outcomes under more load. `bounds` are what the search kept to, `binding` those of
    them that kept it from going further.
    """

    objective: Objective
    present: Outcome
    outcome: Outcome
    steps: tuple[Step, ...]
    met: bool
    unbounded_s: float
    binds_next: str
    front: tuple[Point, ...]
    loads: tuple[tuple[float, Outcome], ...]
    bounds: tuple[Bound, ...] = ()
    binding: tuple[Bound, ...] = ()


def _unbounded(situation: Situation) -> Situation:
    """Return `situation` without the limits that a search may raise."""
    history = situation.history
    pools, dags = history.pools, history.dags
    follows = dags.max_active_tasks == situation.tasks_default
    history = replace(
        history,
        pools=replace(pools, slots=np.where(pools.slots > 0, NO_LIMIT, pools.slots)),
        dags=replace(dags, max_active_tasks=np.where(follows, NO_LIMIT, dags.max_active_tasks)),
    )
    executors = tuple(
        replace(
            one, workers=tuple(replace(group, concurrency=1 << 20, reserve=1 << 20) for group in one.workers)
        )
        for one in situation.system.executors
    )
    return replace(situation, history=history).with_system(parallelism=1 << 20, executors=executors)


def optimize(
    situation: Situation,
    objective: Objective | None,
    *,
    workers: bool = False,
    bounds: Sequence[Bound] = (),
    told: Callable[[str], None] = lambda _: None,
) -> Optimum:
    """Return the cheapest configuration that meets `objective`.

    Without one, DAG runs are to last at most 5 % longer in the mean than without limits. What costs are
    slots (core.parallelism), or Celery workers where `workers` says so. Nothing is raised beyond `bounds`,
    and what is beyond them now is lowered first. `told` hears of each step.
    """
    unbounded = mean_outcome([play_once(_unbounded(situation), seed)[0] for seed in range(SEEDS)])
    if objective is None:
        free = Objective("dag-run", math.inf)
        objective = Objective("dag-run", CLOSE * free.value_s(unbounded))
    search = Search(situation, WORKERS if workers else PARALLELISM, bounds)
    changes = _take_back(search, objective, _climb(search, objective, told))
    changes = _best_for_it(search, objective, _cheaper(search, objective, changes))
    outcome = search.outcome(changes)
    limits = outcome.waits.by_limit
    return Optimum(
        objective,
        search.outcome({}),
        outcome,
        tuple(_in_order(search, objective, changes)),
        objective.met(outcome),
        objective.value_s(unbounded),
        limits[0].limit if limits else "",
        _front(search, changes),
        tuple((load, search.outcome(changes, load)) for load in LOADS),
        search.bounds,
        tuple(search.binding),
    )


def _climb(search: Search, objective: Objective, told: Callable[[str], None]) -> dict[str, int]:
    """Raise one limit after another until the objective is met or nothing helps."""
    changes = _allowed(search)
    for _ in range(MOST_STEPS):
        if objective.met(search.outcome(changes)):
            break
        before = objective.value_s(search.outcome(changes))
        best = min(
            ((objective.value_s(search.outcome({**changes, name: value})), name, value)
             for name, value in _raises(search, changes)),
            default=None,
        )  # fmt: skip
        if best is None or best[0] > before * (1 - LEAST_GAIN):
            break
        _, name, value = best
        changes[name] = value
        told(f"{name}={value}")
    return changes


def _allowed(search: Search) -> dict[str, int]:
    """Return what has to be lowered because it is beyond the bounds now."""
    pools = search.situation.history.pools
    now = {f"{POOL}{name}": slots for name, slots in zip(pools.names, pools.slots.tolist(), strict=True)}
    now[search.cost] = search.present()
    # What is unlimited (0 slots of an executor, -1 of a pool) is left alone.
    return {name: most for name, value in now.items() if value > (most := search.within(name, value))}


def _raises(search: Search, changes: dict[str, int]) -> list[tuple[str, int]]:
    limits = [one.limit for one in search.outcome(changes).waits.by_limit]
    found = dict.fromkeys(filter(None, (search.raised(limit, changes) for limit in limits)))
    return list(found)[:TRIED]


def _take_back(search: Search, objective: Objective, changes: dict[str, int]) -> dict[str, int]:
    """Lower what costs, and what was raised, as far as the objective bears it."""
    if not objective.met(search.outcome(changes)):
        return changes
    for name in dict.fromkeys([*changes, search.cost]):
        high = changes.get(name, search.present())
        low = 0
        while high - low > max(1, high // 20):
            middle = (low + high) // 2
            if objective.met(search.outcome({**changes, name: middle})):
                high = middle
            else:
                low = middle
        if high != changes.get(name, search.present()):
            changes = {**changes, name: high}
    return changes


def _cheaper(search: Search, objective: Objective, changes: dict[str, int]) -> dict[str, int]:
    """Raise what costs nothing, a pool for one, as long as that takes further slots back."""
    for _ in range(MOST_STEPS):
        now = changes.get(search.cost, search.present())
        if not objective.met(search.outcome(changes)):
            break
        found = [
            _take_back(search, objective, {**changes, name: value})
            for name, value in _raises(search, changes)
            if name != search.cost
        ]
        best = min(found, key=lambda one: one.get(search.cost, now), default=changes)
        if best.get(search.cost, now) >= now:
            break
        changes = best
    return changes


def _best_for_it(search: Search, objective: Objective, changes: dict[str, int]) -> dict[str, int]:
    """Raise what costs nothing as long as that shortens the figure: no other pool is better at this cost."""
    for _ in range(MOST_STEPS):
        now = objective.value_s(search.outcome(changes))
        able = [(name, value) for name, value in _raises(search, changes) if name != search.cost]
        figures = [objective.value_s(search.outcome({**changes, name: value})) for name, value in able]
        best = min(zip(figures, able, strict=True), default=None)
        if best is None or best[0] > now * (1 - FREE_GAIN):
            break
        _, (name, value) = best
        changes = {**changes, name: value}
    return changes


def _in_order(search: Search, objective: Objective, changes: dict[str, int]) -> list[Step]:
    """Return the steps to `changes`, whichever shortens the figure most first."""
    left, done = dict(changes), dict[str, int]()
    told: list[Step] = []
    while left:
        before = objective.value_s(search.outcome(done))
        figures = {name: objective.value_s(search.outcome({**done, name: left[name]})) for name in left}
        name = min(figures, key=lambda one: (figures[one], one))
        done[name] = left.pop(name)
        told.append(Step(Change(name, str(done[name])), before, figures[name]))
    return told


def _front(search: Search, changes: dict[str, int]) -> tuple[Point, ...]:
    """Return what fewer and more slots come to, beside the other changes, and mark the knee."""
    chosen = changes.get(search.cost, search.present())
    if chosen <= 0:
        return ()
    values = sorted({search.within(search.cost, max(round(chosen * share), 1)) for share in FRONT})
    points = [Point(search.slots(n), search.outcome({**changes, search.cost: n})) for n in values]
    knee = _knee([(point.slots, point.outcome.wait.mean) for point in points])
    return tuple(replace(point, knee=at == knee) for at, point in enumerate(points))


def _knee(points: Sequence[tuple[int, float]]) -> int:
    """Return the point farthest below the line from first to last, both axes scaled to 1.

    After Satopää et al., Finding a "Kneedle" in a Haystack, 2011.
    """
    (x0, y0), (x1, y1) = points[0], points[-1]
    width, height = max(x1 - x0, 1), max(y0 - y1, 1e-9)
    gains = [(y0 - y) / height - (x - x0) / width for x, y in points]
    return reduce(lambda best, at: at if gains[at] > gains[best] else best, range(len(gains)))


def slots_are_workers(situation: Situation) -> bool:
    """Return whether `--optimize workers` has workers to choose."""
    first = situation.system.executors[0]
    return first.kind is ExecutorKind.CELERY and len(first.workers) == 1
