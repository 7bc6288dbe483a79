"""Where a simulated Airflow stands: what its metadata DB and its executors would say at one moment."""

from __future__ import annotations

from bisect import bisect_left, insort

from airflow_tune.history.column import Ints
from airflow_tune.simulate.plan import Plan
from airflow_tune.simulate.system import System

UNLIMITED = 1 << 60


def _limits(column: Ints) -> list[int]:
    return [UNLIMITED if value < 0 else int(value) for value in column.tolist()]


class State:
    """Counts of everything that a limit counts, and the candidates for queueing, pool by pool.

    Candidates are kept by their place in the scheduler's order, so that the first ones stand first.
    """

    def __init__(self, plan: Plan, system: System) -> None:
        self.plan, self.system = plan, system
        cells = plan.cells
        self.cell_of = plan.cell_of.tolist()
        self.order = plan.order.tolist()
        self.by_order = [0] * len(self.order)
        for instance, place in enumerate(self.order):
            self.by_order[place] = instance
        self.run_of, self.task_of = cells.run.tolist(), cells.task.tolist()
        self.pool_of, self.slots_of = cells.pool.tolist(), cells.pool_slots.tolist()
        self.executor_of, self.queue_of = cells.executor.tolist(), cells.queue.tolist()
        self.weight_of = cells.priority_weight.tolist()
        self.dag_of = plan.runs.dag.tolist()
        self.pool_slots = _limits(plan.pools.slots)
        self.pool_gone = plan.pools.gone.tolist()
        self.pool_keeps_deferred = plan.pools.include_deferred.tolist()
        self.max_active_tasks = _limits(plan.dags.max_active_tasks)
        self.task_limit = _limits(plan.tasks.max_active_tis_per_dag)
        self.task_run_limit = _limits(plan.tasks.max_active_tis_per_dagrun)
        self.pool_used = [0] * len(self.pool_slots)
        self.run_active = [0] * len(plan.runs)
        self.dag_active = [0] * len(plan.dags.names)
        self.task_active = [0] * len(plan.tasks)
        self.cell_active = [0] * len(cells)
        self.candidates: list[list[int]] = [[] for _ in self.pool_slots]

    def offer(self, instance: int) -> None:
        """Make `instance` a candidate: its state is scheduled."""
        insort(self.candidates[self.pool_of[self.cell_of[instance]]], self.order[instance])

    def take(self, instance: int) -> None:
        """Take `instance` out of the candidates: it is queued now."""
        held = self.candidates[self.pool_of[self.cell_of[instance]]]
        del held[bisect_left(held, self.order[instance])]

    def hold(self, instance: int, sign: int) -> None:
        """Count `instance` (sign 1) or no longer count it (-1) as queued or running."""
        cell = self.cell_of[instance]
        run = self.run_of[cell]
        self.pool_used[self.pool_of[cell]] += sign * self.slots_of[cell]
        self.run_active[run] += sign
        self.dag_active[self.dag_of[run]] += sign
        self.task_active[self.task_of[cell]] += sign
        self.cell_active[cell] += sign

    def park(self, instance: int, sign: int) -> None:
        """Count `instance` (sign 1) or no longer count it (-1) as deferred, where a limit counts that."""
        cell = self.cell_of[instance]
        pool = self.pool_of[cell]
        if self.pool_keeps_deferred[pool]:
            self.pool_used[pool] += sign * self.slots_of[cell]
        if self.system.counts_deferred:
            self.task_active[self.task_of[cell]] += sign
            self.cell_active[cell] += sign
