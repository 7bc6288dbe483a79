"""The critical path of every DAG run: the chain of tasks that decided when the run ended.

Three ends are put beside one another: the real one, that of infinite slots (each task starts when its
last upstream task ends), and that of perfect packing (all work spread over the slots, no task waits).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.priced import Priced, Rule, dearest_first
from airflow_tune.diagnose.waits.ready import NEVER
from airflow_tune.findings import Layer
from airflow_tune.history.column import MICROSECONDS, Ints, micros
from airflow_tune.history.model import History, Tasks
from airflow_tune.units import plural

RULE = Rule("AFH04", "serial-chain", Layer.APPLICATION, "critical_paths")
_CELLS = 4_000_000
CHAIN_SHARE = 0.5
"""A task on the critical path this often or more shapes when its DAG ends."""


@dataclass(frozen=True, slots=True)
class PathTask:
    """A task's part in its DAG's critical paths: in which share of runs it is on them, and for how long.

    `on_path_s` is its execution time on them, all runs together; `wait_s` its wait before it ran there.
    """

    task: str
    runs: int
    on_path_share: float
    on_path_s: float
    wait_s: float


@dataclass(frozen=True, slots=True)
class PathBounds:
    """Makespans of finished runs, summed by DAG, in seconds.

    `infinite_slots_s` is the longest chain of execution times, `packed_s` all work over `slots` (0
    where the number of slots is not known), `chained_s` what the real path executed.
    """

    dag: str
    runs: int
    makespan_s: float
    chained_s: float
    infinite_slots_s: float
    packed_s: float


@dataclass(frozen=True, slots=True)
class CriticalPaths:
    """Tasks with most time on critical paths first, and bounds with the longest makespan first."""

    tasks: tuple[PathTask, ...]
    bounds: tuple[PathBounds, ...]


NO_PATHS = CriticalPaths((), ())


@dataclass(frozen=True, slots=True)
class _Grid:
    """One DAG's tasks × runs: when each task first started and last ended, NEVER where it did not.

    `work` is the longest of a task's tries and map indexes, `spent` all of them together.
    """

    begin: Ints
    end: Ints
    work: Ints
    spent: Ints


def _topological(tasks: Tasks, first: int, count: int) -> list[tuple[int, Ints]]:
    """Return (task, its upstream tasks), numbered from `first`, upstream before downstream."""
    upstream = {
        task: tasks.upstream[tasks.first[first + task] : tasks.first[first + task + 1]] - first
        for task in range(count)
    }
    order: list[int] = []
    state = dict.fromkeys(upstream, 0)
    stack = list(range(count - 1, -1, -1))
    while stack:
        task = stack.pop()
        if state[task] == 0:
            state[task] = 1
            stack.append(task)
            stack.extend(int(other) for other in upstream[task] if state[int(other)] == 0)
        elif state[task] == 1:
            state[task] = 2
            order.append(task)
    return [(task, upstream[task]) for task in order]


def _deciding(grid: _Grid, order: list[tuple[int, Ints]]) -> tuple[Ints, Ints]:
    """Return the upstream task that ended last (-1 for none), and the longest chain of work up to here."""
    deciding = np.full(grid.end.shape, -1, np.int32)
    chain = grid.work.copy()
    for task, upstream in order:
        if len(upstream):
            ends = grid.end[upstream]
            last = ends.argmax(axis=0)
            deciding[task] = np.where(ends.max(axis=0) == NEVER, -1, upstream[last])
            chain[task] += chain[upstream].max(axis=0)
    return deciding, chain


def _walk(grid: _Grid, deciding: Ints) -> tuple[Ints, Ints, Ints]:
    """Return, by task: runs with it on the path, its work there, its wait after the task before."""
    tasks = len(grid.end)
    on, work, wait = (np.zeros(tasks, np.int64) for _ in range(3))
    run = np.flatnonzero(grid.end.max(axis=0) != NEVER)
    task = grid.end.argmax(axis=0)[run]
    for _ in range(tasks):
        before = deciding[task, run]
        np.add.at(on, task, 1)
        np.add.at(work, task, grid.work[task, run])
        gap = grid.begin[task, run] - grid.end[before, run]
        np.add.at(wait, task, np.where(before >= 0, np.maximum(gap, 0), 0))
        run, task = run[before >= 0], before[before >= 0]
        if not len(run):
            break
    return on, work, wait


def _grids(history: History) -> dict[int, _Grid]:
    """Return the grid of each DAG with finished runs; a run of a DAG with too many tasks is left out."""
    tries = history.tries
    new = (tries.run[1:] != tries.run[:-1]) | (tries.task[1:] != tries.task[:-1])
    first = np.flatnonzero(np.append(True, new))
    begin, end = micros(tries.start), micros(tries.end)
    work = np.where((begin == NEVER) | (end == NEVER), 0, np.maximum(end - begin, 0))
    cells = (
        np.minimum.reduceat(np.where(begin == NEVER, np.iinfo(np.int64).max, begin), first),
        np.maximum.reduceat(end, first),
        np.maximum.reduceat(work, first),
        np.add.reduceat(work, first),
    )
    run, task = tries.run[first], tries.task[first]
    dags = len(history.dags.names)
    task_at = np.searchsorted(history.tasks.dag, np.arange(dags + 1))
    run_at = np.searchsorted(history.runs.dag, np.arange(dags + 1))
    cell_at = np.searchsorted(run, run_at)
    found = {}
    for dag in range(dags):
        tasks, low = int(task_at[dag + 1] - task_at[dag]), int(run_at[dag])
        # The newest runs, as many as fit into memory.
        runs = min(int(run_at[dag + 1]) - low, max(1, _CELLS // max(tasks, 1)))
        low = int(run_at[dag + 1]) - runs
        own = slice(
            int(cell_at[dag]) + np.searchsorted(run[cell_at[dag] : cell_at[dag + 1]], low), cell_at[dag + 1]
        )
        grid = _Grid(*(np.full((tasks, runs), empty) for empty in (0, NEVER, 0, 0)))
        at = (task[own] - task_at[dag], run[own] - low)
        for target, source in zip((grid.begin, grid.end, grid.work, grid.spent), cells, strict=True):
            target[at] = source[own]
        found[dag] = grid
    return found


def _bounds(name: str, grid: _Grid, chain: Ints, work: Ints, slots: int) -> PathBounds:
    ended = grid.end.max(axis=0) != NEVER
    begin = np.where(grid.end == NEVER, np.iinfo(np.int64).max, grid.begin).min(axis=0)
    span = (grid.end.max(axis=0) - begin)[ended].sum()
    packed = grid.spent[:, ended].sum() / slots if slots else 0
    longest = chain.max(axis=0)[ended].sum()
    seconds = [float(value) / MICROSECONDS for value in (span, work.sum(), longest, packed)]
    return PathBounds(name, int(ended.sum()), *seconds)


def critical_paths(history: History, slots: int) -> CriticalPaths:
    """Return the critical paths of `history`; `slots` is how many task instances can run at a time."""
    tasks: list[PathTask] = []
    bounds: list[PathBounds] = []
    for dag, grid in (_grids(history) if len(history.tries) else {}).items():
        first = int(np.searchsorted(history.tasks.dag, dag))
        deciding, chain = _deciding(grid, _topological(history.tasks, first, len(grid.end)))
        on, work, wait = _walk(grid, deciding)
        bounds.append(_bounds(history.dags.names[dag], grid, chain, work, slots))
        runs = max(bounds[-1].runs, 1)
        tasks += [
            PathTask(history.task_name(first + int(task)), int(on[task]), float(on[task] / runs),
                     float(work[task]) / MICROSECONDS, float(wait[task]) / MICROSECONDS)
            for task in np.flatnonzero(on)
        ]  # fmt: skip
    return CriticalPaths(
        tuple(sorted(tasks, key=lambda task: -task.on_path_s)),
        tuple(sorted(bounds, key=lambda bound: -bound.makespan_s)),
    )


def serial_chains(paths: CriticalPaths) -> tuple[Priced, ...]:
    """Return the DAGs whose runs no number of slots would shorten much, priced by their chain."""
    found = []
    for bound in paths.bounds:
        if not bound.runs or bound.infinite_slots_s < CHAIN_SHARE * bound.makespan_s:
            continue
        worst = next(task for task in paths.tasks if task.task.startswith(f"{bound.dag}."))
        found.append(
            RULE.found(
                f"{bound.dag}: {bound.infinite_slots_s / bound.runs:.0f} s of each run's"
                f" {bound.makespan_s / bound.runs:.0f} s are one chain of tasks;"
                " more slots cannot shorten it",
                f"split or shorten {worst.task}: it ran {worst.on_path_s / worst.runs:.0f} s on the critical"
                f" path of {plural(worst.runs, 'run')}",
                saved_s=worst.on_path_s,
                shown=[("longest chain", f"{bound.infinite_slots_s:.0f} s", "sum over all runs")],
            )
        )
    return dearest_first(found)
