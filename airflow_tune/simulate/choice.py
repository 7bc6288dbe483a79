"""The scheduler's critical section: which scheduled task instances are queued, and in which order.

Follows `jobs/scheduler_job_runner.py:_executable_task_instances_to_queued` of 2.11 and 3.3 step by step:
fetch a batch in order, hold each candidate against its limits, remember what starved, and fetch again
without that where nothing could be queued.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge

from airflow_tune.simulate.state import State


class _Pass:
    """One pass through the critical section, and what has starved in it so far."""

    def __init__(self, state: State, most: int, free: list[int]) -> None:
        self.state, self.most, self.free = state, most, free
        self.open = [slots - used for slots, used in zip(state.pool_slots, state.pool_used, strict=True)]
        self.pools = {
            pool for pool, slots in enumerate(self.open) if slots <= 0 and not state.pool_gone[pool]
        }
        self.dags: set[int] = set()
        self.tasks: set[int] = set()
        self.cells: set[int] = set()

    def starved(self) -> int:
        return len(self.pools) + len(self.dags) + len(self.tasks) + len(self.cells)

    def _unstarved(self) -> Iterator[int]:
        """Yield the candidates that nothing found so far excludes, in order."""
        state = self.state
        held = [places for pool, places in enumerate(state.candidates) if pool not in self.pools]
        for place in held[0] if len(held) == 1 else merge(*held):
            instance = state.by_order[place]
            cell = state.cell_of[instance]
            dag = state.dag_of[state.run_of[cell]]
            if dag in self.dags or state.task_of[cell] in self.tasks or cell in self.cells:
                continue
            yield instance

    def _in_window(self) -> Iterator[int]:
        """Yield of each DAG run below max_active_tasks only so many candidates as that limit says (3.x)."""
        state, seen = self.state, dict[int, int]()
        for instance in self._unstarved():
            run = state.run_of[state.cell_of[instance]]
            limit = state.max_active_tasks[state.dag_of[run]]
            if state.run_active[run] >= limit:
                continue
            seen[run] = seen.get(run, 0) + 1
            if seen[run] <= limit:
                yield instance

    def batch(self) -> list[int]:
        """Return what the query fetches."""
        found = self._in_window() if self.state.system.limits_per_run else self._unstarved()
        return [instance for instance, _ in zip(found, range(self.most), strict=False)]

    def examine(self, batch: list[int]) -> list[int]:
        """Return which of `batch` are queued; each of them counts for those after it."""
        free = self.free.copy()
        chosen = []
        for instance in batch:
            if not self._refused(instance, free):
                cell = self.state.cell_of[instance]
                free[self.state.executor_of[cell]] -= 1
                self.open[self.state.pool_of[cell]] -= self.state.slots_of[cell]
                self.state.hold(instance, 1)
                self.state.take(instance)
                chosen.append(instance)
        return chosen

    def _refused(self, instance: int, free: list[int]) -> bool:
        """Return whether a limit keeps `instance` scheduled; the first one says what starves."""
        state, cell = self.state, self.state.cell_of[instance]
        pool, task, run = state.pool_of[cell], state.task_of[cell], state.run_of[cell]
        dag = state.dag_of[run]
        active = state.run_active[run] if state.system.limits_per_run else state.dag_active[dag]
        if self.open[pool] <= 0:
            self.pools.add(pool)
        elif state.slots_of[cell] > self.open[pool]:
            self.tasks.add(task)
        elif active >= state.max_active_tasks[dag]:
            self.dags.add(dag)
        elif state.task_active[task] >= state.task_limit[task]:
            self.tasks.add(task)
        elif state.cell_active[cell] >= state.task_run_limit[task]:
            self.cells.add(cell)
        elif free[state.executor_of[cell]] <= 0:
            self.tasks.add(task)
        else:
            return False
        return True


def choose(state: State, max_tis: int, free: list[int]) -> list[int]:
    """Queue up to `max_tis` candidates of `state` and return them in order; `free` are executors' slots."""
    one = _Pass(state, max_tis, free)
    total = sum(slots for slots in one.open if slots > 0)
    one.most = min(max_tis, total)
    while one.most > 0:
        before = one.starved()
        batch = one.batch()
        chosen = one.examine(batch) if batch else []
        if chosen or len(batch) < one.most or one.starved() == before:
            return chosen
    return []
