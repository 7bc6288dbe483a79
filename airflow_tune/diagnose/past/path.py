"""The critical path of every DAG run: the chain of tasks that decided when the run ended.

Three ends are put beside one another: the real one, that of infinite slots (each task starts when its
last upstream task ends), and that of perfect packing (all work spread over the slots, no task waits).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.priced import About, Priced, Rule, dearest_first
from airflow_tune.diagnose.waits.ready import NEVER
from airflow_tune.findings import Layer
from airflow_tune.history.column import MICROSECONDS, Floats, Ints, micros, times
from airflow_tune.history.model import History, Tasks
from airflow_tune.units import plural

RULE = Rule("AFH04", "serial-chain", Layer.APPLICATION, "critical_paths")
_CELLS = 4_000_000
CHAIN_SHARE = 0.5
"""A DAG whose longest chain takes this share of its runs' makespan or more is not held back by slots."""
RUNS_OF_A_DAG, LONGEST_RUNS = 3, 20
"""How many runs are told step by step: the longest ones of a DAG, and of all DAGs."""


@dataclass(frozen=True, slots=True)
class PathTask:
    """A task's part in its DAG's critical paths: in which share of runs it is on them, and for how long.

    `on_path_s` is its execution time on them, all runs together; `wait_s` its wait before it ran there.
    `slack_s` is how much longer it could run without its run ending later, were every task to start when
    its last upstream task ends; the mean over runs, 0 for a task of the longest chain of each.
    """

    dag: str
    task: str
    runs: int
    on_path_share: float
    on_path_s: float
    wait_s: float
    slack_s: float


@dataclass(frozen=True, slots=True)
class PathStep:
    """A task on the critical path of one run: from start to end (UTC) after `wait_s` of waiting."""

    task: str
    start: np.datetime64
    end: np.datetime64
    wait_s: float


@dataclass(frozen=True, slots=True)
class RunPath:
    """The critical path of one DAG run, first task first; makespan from first start to last end."""

    dag: str
    run_id: str
    makespan_s: float
    steps: tuple[PathStep, ...]


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
    """Tasks with most time on critical paths first, bounds with the longest makespan first, longest runs."""

    tasks: tuple[PathTask, ...]
    bounds: tuple[PathBounds, ...]
    longest_runs: tuple[RunPath, ...] = ()


NO_PATHS = CriticalPaths((), ())


@dataclass(frozen=True, slots=True)
class _Grid:
    """One DAG's tasks × runs: when each task first started and last ended, NEVER where it did not.

    `work` is the longest of a task's tries and map indexes, `spent` all of them together. Columns are runs,
    from row `low` of the history's runs on; rows are tasks, from row `first` of its tasks on.
    """

    low: int
    first: int

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


def _grids(history: History) -> Iterator[tuple[int, _Grid]]:
    """Yield the grid of each DAG in turn; of a DAG with too many cells, that of its newest runs."""
    dags = len(history.dags.names)
    task_at = np.searchsorted(history.tasks.dag, np.arange(dags + 1)).tolist()
    run_at = np.searchsorted(history.runs.dag, np.arange(dags + 1)).tolist()
    for dag in range(dags):
        tasks, high = task_at[dag + 1] - task_at[dag], run_at[dag + 1]
        # The newest runs, as many as fit into memory.
        low = max(run_at[dag], high - max(1, _CELLS // max(tasks, 1)))
        if tasks:
            yield dag, _grid(history, slice(task_at[dag], task_at[dag + 1]), slice(low, high))


def _grid(history: History, tasks: slice, runs: slice) -> _Grid:
    shape = (tasks.stop - tasks.start, runs.stop - runs.start)
    empty = (np.full(shape, value) for value in (0, NEVER, 0, 0))
    grid, run = _Grid(runs.start, tasks.start, *empty), history.tries.run
    low, high = np.searchsorted(run, np.array([runs.start, runs.stop], run.dtype)).tolist()
    if low < high:
        run, task, *cells = _cells(history, slice(low, high))
        at = (task - tasks.start, run - runs.start)
        for target, source in zip((grid.begin, grid.end, grid.work, grid.spent), cells, strict=True):
            target[at] = source
    return grid


def _cells(history: History, rows: slice) -> tuple[Ints, ...]:
    """Return, for each task of each run in `rows`: run, task, first start, last end, longest and all work."""
    tries = history.tries
    run, task, begin, end = (
        tries.run[rows],
        tries.task[rows],
        micros(tries.start)[rows],
        micros(tries.end)[rows],
    )
    new = (run[1:] != run[:-1]) | (task[1:] != task[:-1])
    first = np.flatnonzero(np.append(True, new))
    work = np.where((begin == NEVER) | (end == NEVER), 0, np.maximum(end - begin, 0))
    return (
        run[first],
        task[first],
        np.minimum.reduceat(np.where(begin == NEVER, _unstarted(end), begin), first),
        np.maximum.reduceat(end, first),
        np.maximum.reduceat(work, first),
        np.add.reduceat(work, first),
    )


def _unstarted(end: Ints) -> Ints:
    """Return what stands in for the start of tries without one: their end, or the end of time."""
    return np.where(end == NEVER, np.iinfo(np.int64).max, end)


def _bounds(name: str, grid: _Grid, chain: Ints, work: Ints, slots: int) -> PathBounds:
    ended = grid.end.max(axis=0) != NEVER
    span = _spans(grid)[ended].sum()
    packed = grid.spent[:, ended].sum() / slots if slots else 0
    longest = chain.max(axis=0)[ended].sum()
    seconds = [float(value) / MICROSECONDS for value in (span, work.sum(), longest, packed)]
    return PathBounds(name, int(ended.sum()), *seconds)


def _slack(grid: _Grid, order: list[tuple[int, Ints]], chain: Ints) -> Floats:
    """Return the mean slack of each task over the runs that it ended in, in seconds."""
    tail = np.zeros_like(chain)
    for task, upstream in reversed(order):
        if len(upstream):
            tail[upstream] = np.maximum(tail[upstream], tail[task] + grid.work[task])
    ended = grid.end != NEVER
    slack = np.where(ended, np.maximum(chain.max(axis=0) - chain - tail, 0), 0).sum(axis=1)
    return np.asarray(slack / np.maximum(ended.sum(axis=1), 1) / MICROSECONDS, float)


def _spans(grid: _Grid) -> Ints:
    """Return the makespan of each run, -1 where nothing of it ended."""
    begin = np.where(grid.end == NEVER, np.iinfo(np.int64).max, grid.begin).min(axis=0)
    last = grid.end.max(axis=0)
    return np.where(last == NEVER, -1, last - np.where(last == NEVER, 0, begin))


def _steps(history: History, grid: _Grid, deciding: Ints, run: int) -> Iterator[PathStep]:
    """Yield the critical path of one run (a column of `grid`), last task first."""
    task = int(grid.end[:, run].argmax())
    # As many steps as tasks at most: a broken graph may hold a circle.
    for _ in range(len(grid.end)):
        if task < 0:
            break
        before = int(deciding[task, run])
        begin, end = int(grid.begin[task, run]), int(grid.end[task, run])
        wait = max(begin - int(grid.end[before, run]), 0) if before >= 0 else 0
        start, stop = times(np.array([min(begin, end), end]))
        yield PathStep(history.task_name(grid.first + task), start, stop, wait / MICROSECONDS)
        task = before


def _longest_runs(history: History, dag: str, grid: _Grid, deciding: Ints) -> Iterator[RunPath]:
    spans = _spans(grid)
    for run in np.argsort(-spans, kind="stable")[:RUNS_OF_A_DAG].tolist():
        if spans[run] >= 0:
            steps = tuple(_steps(history, grid, deciding, run))[::-1]
            yield RunPath(dag, history.runs.run_ids[grid.low + run], float(spans[run]) / MICROSECONDS, steps)


def critical_paths(history: History, slots: int) -> CriticalPaths:
    """Return the critical paths of `history`; `slots` is how many task instances can run at a time."""
    tasks: list[PathTask] = []
    bounds: list[PathBounds] = []
    longest: list[RunPath] = []
    for dag, grid in _grids(history) if len(history.tries) else ():
        order = _topological(history.tasks, grid.first, len(grid.end))
        deciding, chain = _deciding(grid, order)
        on, work, wait = _walk(grid, deciding)
        slack, name = _slack(grid, order, chain), history.dags.names[dag]
        bounds.append(_bounds(name, grid, chain, work, slots))
        longest += _longest_runs(history, name, grid, deciding)
        runs = max(bounds[-1].runs, 1)
        tasks += [
            PathTask(
                name,
                history.task_name(grid.first + task),
                int(on[task]),
                min(float(on[task] / runs), 1.0),
                float(work[task]) / MICROSECONDS,
                float(wait[task]) / MICROSECONDS,
                float(slack[task]),
            )
            for task in np.flatnonzero((grid.end != NEVER).any(axis=1)).tolist()
        ]
    return CriticalPaths(
        tuple(sorted(tasks, key=lambda task: (-task.on_path_s, task.slack_s))),
        tuple(sorted(bounds, key=lambda bound: -bound.makespan_s)),
        tuple(sorted(longest, key=lambda run: -run.makespan_s)[:LONGEST_RUNS]),
    )


def serial_chains(paths: CriticalPaths) -> tuple[Priced, ...]:
    """Return the DAGs whose runs no number of slots would shorten much, priced by their chain."""
    found = []
    for bound in paths.bounds:
        if bound.makespan_s <= 0 or bound.infinite_slots_s < CHAIN_SHARE * bound.makespan_s:
            continue
        worst = next(task for task in paths.tasks if task.dag == bound.dag and task.runs)
        found.append(
            RULE.found(
                f"{bound.dag}: {bound.infinite_slots_s / bound.runs:.0f} s of each run's"
                f" {bound.makespan_s / bound.runs:.0f} s are one chain of tasks;"
                " more slots cannot shorten it",
                f"split or shorten {worst.task}: it ran {worst.on_path_s / worst.runs:.0f} s on the critical"
                f" path of {plural(worst.runs, 'run')}",
                saved_s=worst.on_path_s,
                about=About(RULE.section, worst.task),
                shown=[("longest chain", f"{bound.infinite_slots_s:.0f} s", "sum over all runs")],
            )
        )
    return dearest_first(found)
