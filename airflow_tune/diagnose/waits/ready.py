"""When each try could have started: the ready time.

From then on only limits and machinery hold the task: the DAG run had started, the upstream tasks that
its trigger rule waits for had ended, the retry delay and a sensor's pause were over.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from airflow_tune.history import state, trigger_rule
from airflow_tune.history.column import MICROSECONDS, Codes, Ints, micros
from airflow_tune.history.model import History

NEVER = np.iinfo(np.int64).min
"""What NaT is in microseconds: earlier than all, so that a maximum passes over it."""
_CELLS = 4_000_000
"""How many task × run cells are laid out at once: 32 MB."""


def _cells(history: History) -> tuple[Ints, Codes, Codes, Ints]:
    """Return, for each task of each run, its first row, run, task and last end."""
    tries = history.tries
    new = (tries.run[1:] != tries.run[:-1]) | (tries.task[1:] != tries.task[:-1])
    first = np.flatnonzero(np.append(True, new))
    end = np.maximum.reduceat(micros(tries.end), first)
    return first, tries.run[first], tries.task[first], end


def _blocks(history: History, run: Ints) -> Iterator[tuple[int, int, slice, slice]]:
    """Yield (first task, tasks, runs, cells) of the DAGs that have cells, cut so that tasks × runs fit."""
    first, last = int(history.runs.dag[run[0]]), int(history.runs.dag[run[-1]])
    dags = np.arange(first, last + 2)
    task_at = np.searchsorted(history.tasks.dag, dags).tolist()
    run_at = np.searchsorted(history.runs.dag, dags).clip(run[0], run[-1] + 1).tolist()
    for dag in range(len(dags) - 1):
        tasks = task_at[dag + 1] - task_at[dag]
        step = max(1, _CELLS // max(tasks, 1))
        for low in range(run_at[dag], run_at[dag + 1], step):
            high = min(low + step, run_at[dag + 1])
            cells = np.searchsorted(run, [low, high])
            yield task_at[dag], tasks, slice(low, high), slice(int(cells[0]), int(cells[1]))


def _upstream(history: History, ends: Ints, first_task: int, before: Ints) -> Ints:
    """Return when what each task waits for had ended; rows are tasks of one DAG, columns its runs.

    `before` is the column of the run before the first one.
    """
    tasks, count = history.tasks, len(ends)
    ready = np.full_like(ends, NEVER)
    offsets = tasks.first[first_task : first_task + count + 1]
    edges = tasks.upstream[offsets[0] : offsets[-1]] - first_task
    has = np.flatnonzero(np.diff(offsets))
    if len(has):
        at = (offsets - offsets[0])[has]
        ready[has] = np.maximum.reduceat(ends[edges], at, axis=0)
        rule = tasks.trigger_rule[first_task : first_task + count][has]
        for row, start in zip(has[rule == trigger_rule.FIRST], at[rule == trigger_rule.FIRST], strict=True):
            found = ends[edges[start : start + np.diff(offsets)[row]]]
            ready[row] = np.where(found == NEVER, np.iinfo(np.int64).max, found).min(axis=0)
        ready[has[rule == trigger_rule.NO_UPSTREAM]] = NEVER
    chained = np.flatnonzero(tasks.depends_on_past[first_task : first_task + count])
    if len(chained):
        past = np.column_stack([before[chained], ends[chained, :-1]])
        ready[chained] = np.maximum(ready[chained], past)
    return ready


def _first_ready(history: History) -> Ints:
    """Return when each try's run had started and its upstream tasks had ended."""
    first, run, task, end = _cells(history)
    start = micros(history.runs.start)
    ready = np.empty(len(first), np.int64)
    before = np.full(1, NEVER)
    for first_task, tasks, runs, cells in _blocks(history, run):
        ends = np.full((tasks, runs.stop - runs.start), NEVER)
        row, column = task[cells] - first_task, run[cells] - runs.start
        ends[row, column] = end[cells]
        # A DAG's first block has no run before it; a further block goes on where the last one ended.
        begun = runs.start > run[0] and history.runs.dag[runs.start - 1] == history.runs.dag[runs.start]
        before = before if begun else np.full(tasks, NEVER)
        upstream = _upstream(history, ends, first_task, before)
        ready[cells] = np.maximum(upstream[row, column], start[run[cells]])
        before = ends[:, -1]
    return np.repeat(ready, np.diff(first, append=len(history.tries)))


def _after_retry(history: History, ready: Ints, until: Ints) -> None:
    """Move `ready` of later tries to when the retry delay was over.

    An exponential delay lies between one and two times base × 2^(try - 1) (a hash decides, read in
    `TaskInstance.next_retry_datetime`): within that range scheduling is taken to be prompt.
    """
    tries, tasks = history.tries, history.tasks
    same = (tries.run[1:] == tries.run[:-1]) & (tries.task[1:] == tries.task[:-1])
    later = np.flatnonzero(same & (tries.map_index[1:] == tries.map_index[:-1])) + 1
    ended = micros(tries.end)[later - 1]
    later, ended = later[ended != NEVER], ended[ended != NEVER]
    task, failed = tries.task[later], np.isin(tries.state[later - 1], (state.FAILED, state.UP_FOR_RETRY))
    delay = np.where(failed, tasks.retry_delay_s[task] * MICROSECONDS, 0.0)
    grown = tasks.retry_exponential[task] & failed
    nth = np.clip(tries.try_number[later - 1] - 1, 0, 20)
    least = np.where(grown, delay * 2.0**nth, delay).astype(np.int64)
    most = np.where(grown, 2 * least, least)
    over = np.clip(until[later], ended + least, ended + most)
    ready[later] = np.maximum(ready[later], over)


def ready_times(history: History, until: Ints) -> Ints:
    """Return when each try could have started, in µs since 1970, never after `until`.

    `until` is when the scheduler (or what came first after it) took the try up; it stands in where
    the upstream tasks are not known, and where clocks or later clearing contradict it.
    """
    if not len(history.tries):
        return until.copy()
    ready = _first_ready(history)
    _after_retry(history, ready, until)
    late = micros(history.tries.rescheduled)
    np.maximum(ready, late, out=ready)
    unknown = ~history.tasks.known[history.tries.task] | (ready == NEVER)
    np.minimum(ready, until, out=ready)
    ready[unknown] = until[unknown]
    return ready
