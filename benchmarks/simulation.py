"""How fast a month is simulated, against the same rules written plainly on SimPy, and what memory it takes.

    python benchmarks/simulation.py                 # what must hold; ends with 1 where a goal is missed
    python benchmarks/simulation.py --largest 10000000

The month: 200 DAGs of 25 tasks in five layers, three pools, weights by layer, on Celery workers.
Speed is the best of five rounds; the first one of all counts for the start-up.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy
from rich.console import Console
from rich.table import Table

from airflow_tune.executors import ExecutorKind
from airflow_tune.simulate.calibrate import BODY_S, START_S, TAIL_FAST_S
from airflow_tune.simulate.plan import ROW, Cells, Dags, Plan, Pools, Runs, Stints, Tasks, candidate_order
from airflow_tune.simulate.play import play
from airflow_tune.simulate.system import Executor, Latencies, System, Workers

DAGS, TASKS, LAYER = 200, 25, 5
MONTH_S = 30 * 86400.0
MILLION = 1_000_000
SLOTS, PER_WORKER = 64, 16
POOL_SLOTS = (128, 40, 24)
GOAL_PER_S, GOAL_RATIO, GOAL_BYTES, GOAL_START_S = 500_000.0, 30.0, 200.0, 3.0
GOAL_EXPONENT = 1.15
"""Time grows as size to this power at most: 1 is linear, and caches hold less of what is larger."""
PLAIN = 20_000


def month(size: int) -> Plan:
    """Return the month with about `size` task instances."""
    rng = np.random.default_rng(5)
    count = max(size // TASKS, 1)
    run = np.arange(count)
    layer = np.arange(TASKS) // LAYER
    above = [[(n // LAYER - 1) * LAYER + k for k in range(LAYER)] if n >= LAYER else [] for n in range(TASKS)]
    upstream = [dag * TASKS + one for dag in range(DAGS) for task in above for one in task]
    sizes = np.tile([len(one) for one in above], DAGS)
    cells, tasks = count * TASKS, DAGS * TASKS
    dag = run % DAGS
    task_of = np.tile(np.arange(TASKS, dtype=ROW), count)
    every, ones = np.arange(cells + 1, dtype=ROW), np.ones(cells, ROW)
    # Busy but not over its slots: a month's work fills about half of them.
    mean_s = 0.5 * SLOTS * MONTH_S / cells
    cell = Cells(
        np.repeat(run, TASKS).astype(ROW),
        np.repeat(dag, TASKS).astype(ROW) * TASKS + task_of,
        every,
        task_of % 3,
        ones,
        (TASKS - layer[task_of] * LAYER).astype(ROW),
        ones - 1,
        ones - 1,
    )
    last = np.where(run >= DAGS, run - DAGS, -1)
    plan = Plan(
        np.datetime64("2026-01-01", "us"),
        Pools(("a", "b", "c"), np.array(POOL_SLOTS), np.zeros(3, bool), np.zeros(3, bool)),
        Dags(
            tuple(map(str, range(DAGS))),
            np.full(DAGS, 16),
            np.full(DAGS, 16),
            np.arange(0, tasks + 1, TASKS),
        ),
        Tasks(
            tuple(map(str, range(tasks))),
            np.repeat(np.arange(DAGS), TASKS),
            np.zeros(tasks, np.int8),
            np.zeros(tasks, bool),
            np.full(tasks, -1),
            np.full(tasks, -1),
            np.append(0, np.cumsum(sizes)),
            np.array(upstream),
        ),
        Runs(
            tuple(map(str, range(count))),
            dag,
            np.sort(rng.uniform(0, MONTH_S, count)),
            np.ones(count, bool),
            np.zeros(count, bool),
            np.arange(0, cells + 1, TASKS),
            last,
        ),
        cell,
        -ones,
        every[:-1],
        every,
        Stints(rng.exponential(mean_s, cells), np.zeros(cells, np.int8), np.zeros(cells)),
        np.zeros(0, np.int64),
        ("default",),
        (),
    )
    object.__setattr__(plan, "order", candidate_order(cell, plan.cell_of, plan.map_index))
    return plan


def system() -> System:
    """Return Airflow 3.3 on Celery workers with 64 slots."""
    late = Latencies(BODY_S, START_S, TAIL_FAST_S, 0.34, 5.05)
    workers = (Workers(SLOTS // PER_WORKER, PER_WORKER, PER_WORKER),)
    return System((Executor(ExecutorKind.CELERY, workers),), SLOTS, late)


class Plain:
    """The core rules on SimPy, as one would write them down: pools, slots, max_active_tasks, dependencies."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.env = plan, simpy.Environment()
        self.slots = simpy.PriorityResource(self.env, SLOTS)
        self.pools = [simpy.PriorityResource(self.env, slots) for slots in POOL_SLOTS]
        self.finished = 0

    def play(self) -> int:
        """Return how many task instances ended."""
        self.env.process(self._arrivals())
        self.env.run()
        return self.finished

    def _arrivals(self) -> Generator[Any, Any, None]:
        for run, due in enumerate(self.plan.runs.due_s.tolist()):
            yield self.env.timeout(due - self.env.now)
            self._start(run)

    def _start(self, run: int) -> None:
        active = simpy.PriorityResource(self.env, 16)
        ended = [self.env.event() for _ in range(TASKS)]
        for task in range(TASKS):
            above = (task // LAYER - 1) * LAYER
            waits = ended[above : above + LAYER] if task >= LAYER else []
            self.env.process(self._task(run * TASKS + task, waits, active, ended[task]))

    def _task(
        self, one: int, waits: list[Any], active: simpy.PriorityResource, ended: simpy.Event
    ) -> Generator[Any, Any, None]:
        yield self.env.all_of(waits)
        # The scheduler looks once a second.
        yield self.env.timeout(1.0 - self.env.now % 1.0)
        first = -int(self.plan.cells.priority_weight[one])
        pool = self.pools[int(self.plan.cells.pool[one])]
        with active.request(first) as run, pool.request(first) as held, self.slots.request(first) as slot:
            yield run & held & slot
            yield self.env.timeout(float(self.plan.stints.work_s[one]))
        self.finished += 1
        ended.succeed()


def _seconds(what: Callable[[], object], rounds: int = 3) -> list[float]:
    found = []
    for _ in range(rounds):
        begin = time.perf_counter()
        what()
        found.append(time.perf_counter() - begin)
    return found


def measure(size: int) -> dict[str, float]:
    """Return what a month of `size` takes in this process: seconds, and bytes beyond the workload."""
    plan, under = month(size), system()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    played = play(plan, under)
    first = time.perf_counter() - begin
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert not np.isnan(played.end).any()  # noqa: S101 - a benchmark of what did not run is none
    best = min([first, *_seconds(lambda: play(plan, under), 4)])
    held = sum(column.nbytes for column in _columns(plan))
    return {"size": len(plan), "best_s": best, "first_s": first, "bytes": (grown + held) / len(plan)}


def _columns(plan: Plan) -> list[np.ndarray[Any, Any]]:
    """Return the columns that hold something for each task instance."""
    cells = [getattr(plan.cells, name) for name in Cells.__slots__]
    stints = [plan.stints.work_s, plan.stints.then, plan.stints.gap_s]
    return [*cells, *stints, plan.map_index, plan.cell_of, plan.first_stint, plan.order]


def apart(size: int) -> dict[str, float]:
    """Return what `measure` finds in a process of its own."""
    command = [sys.executable, __file__, "--measure", str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    """Measure, show, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--largest", type=int, default=MILLION)
    parser.add_argument("--measure", type=int)
    flags = parser.parse_args()
    if flags.measure:
        print(json.dumps(measure(flags.measure)))
        return 0
    sizes = [size for size in (10_000, 100_000, MILLION, 10 * MILLION) if size <= flags.largest]
    found = [apart(size) for size in sizes]
    plain_plan = month(PLAIN)
    plain = PLAIN / min(_seconds(lambda: Plain(plain_plan).play()))
    return _judge(found, plain)


def _judge(found: list[dict[str, float]], plain: float) -> int:
    table = Table("task instances", "per second", "first use s", "bytes each", title="One month, one core")
    for one in found:
        shown = f"{one['size'] / one['best_s']:,.0f}"
        table.add_row(f"{one['size']:,.0f}", shown, f"{one['first_s']:.2f}", f"{one['bytes']:.0f}")
    console = Console()
    console.print(table)
    whole = min(found, key=lambda one: abs(one["size"] - MILLION))
    rate = whole["size"] / whole["best_s"]
    small, large = found[0], found[-1]
    exponent = math.log(large["best_s"] / small["best_s"]) / math.log(large["size"] / small["size"])
    goals = [
        ("task instances a second", rate, rate >= GOAL_PER_S, GOAL_PER_S),
        ("times SimPy", rate / plain, rate / plain >= GOAL_RATIO, GOAL_RATIO),
        ("seconds more at first use", whole["first_s"] - whole["best_s"],
         whole["first_s"] - whole["best_s"] <= GOAL_START_S, GOAL_START_S),
        ("bytes a task instance", whole["bytes"], whole["bytes"] <= GOAL_BYTES, GOAL_BYTES),
        ("exponent of growth", exponent, exponent <= GOAL_EXPONENT, GOAL_EXPONENT),
    ]  # fmt: skip
    for name, value, met, goal in goals:
        console.print(f"{'met   ' if met else 'MISSED'} {name}: {value:,.2f} (goal {goal:,.2f})")
    console.print(f"SimPy: {plain:,.0f} task instances a second")
    return 0 if all(met for _, _, met, _ in goals) else 1


if __name__ == "__main__":
    raise SystemExit(main())
