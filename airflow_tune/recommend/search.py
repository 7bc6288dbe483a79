"""Configurations near the present one, played and remembered: what a search goes through."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from airflow_tune.recommend.bounds import SLOTS, Bound
from airflow_tune.simulate.change import POOL, Change, Scenario, apply
from airflow_tune.simulate.outcome import Outcome
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.study import mean_outcome, play_once

SEEDS = 3
GROWTH = 1.5
PARALLELISM, WORKERS, PER_DAG = "core.parallelism", "workers", "core.max_active_tasks_per_dag"
_PREFIX = "max_active_tasks:"


class Search:
    """Plays situations under changes within `bounds`, and remembers them.

    `cost` is the name of what costs. `binding` are the bounds that kept something from being raised.
    """

    def __init__(self, situation: Situation, cost: str, bounds: Sequence[Bound]) -> None:
        self.situation, self.cost, self.bounds = situation, cost, tuple(bounds)
        self.found: dict[tuple[Change, ...], Outcome] = {}
        self.binding: dict[Bound, None] = {}

    def outcome(self, changes: dict[str, int], load: float = 1.0) -> Outcome:
        """Return the mean outcome under `changes`."""
        asked = tuple(self._changes(changes, load))
        if asked not in self.found:
            situation = apply(self.situation, Scenario("", asked))
            self.found[asked] = mean_outcome([play_once(situation, seed)[0] for seed in range(SEEDS)])
        return self.found[asked]

    def _changes(self, changes: dict[str, int], load: float) -> Iterator[Change]:
        for name, value in sorted(changes.items()):
            yield Change(name, str(value))
        workers = changes.get(WORKERS)
        if workers is not None:
            # The scheduler must hand out as much as the workers take.
            needed = math.ceil(workers * self._each() / self.situation.system.schedulers)
            if needed > self.situation.system.parallelism > 0:
                yield Change(PARALLELISM, str(needed))
        if load != 1.0:
            yield Change("load", f"{load:g}")

    def _each(self) -> int:
        groups = self.situation.system.executors[0].workers
        return groups[0].concurrency if groups else 1

    def present(self) -> int:
        """Return the present value of what costs."""
        if self.cost == WORKERS:
            return sum(group.count for group in self.situation.system.executors[0].workers)
        return self.situation.system.parallelism

    def slots(self, value: int) -> int:
        """Return the slots that `value` of what costs gives."""
        return value * (self._each() if self.cost == WORKERS else self.situation.system.schedulers)

    def within(self, name: str, value: int) -> int:
        """Return the most that the bounds leave of `value` for `name`, and note what took from it."""
        for bound in self.bounds:
            most = self._most(bound, name)
            if most is not None and most < value:
                self.binding[bound] = None
                value = most
        return value

    def _most(self, bound: Bound, name: str) -> int | None:
        """Return the most of `name` that `bound` leaves, None where it says nothing of it."""
        if bound.of == name:
            return bound.most
        return max(bound.most // self.slots(1), 1) if (bound.of, name) == (SLOTS, self.cost) else None

    def raised(self, limit: str, changes: dict[str, int]) -> tuple[str, int] | None:
        """Return the change that raises `limit`; None where that is not ours to raise."""
        if limit in ("parallelism", "worker_slots", "executor"):
            now = changes.get(self.cost, self.present())
            return self._grown(self.cost, now)
        if limit.startswith(POOL):
            pools = self.situation.history.pools
            now = changes.get(limit, int(pools.slots[pools.names.index(limit.removeprefix(POOL))]))
            return self._grown(limit, now)
        if limit.startswith(_PREFIX):
            dags = self.situation.history.dags
            own = int(dags.max_active_tasks[dags.names.index(limit.removeprefix(_PREFIX))])
            if own != self.situation.tasks_default:
                return None
            return self._grown(PER_DAG, changes.get(PER_DAG, own))
        return None

    def _grown(self, name: str, now: int) -> tuple[str, int] | None:
        value = self.within(name, math.ceil(now * GROWTH))
        return (name, value) if 0 < now < value else None
