"""The workload that a History holds: when DAG runs came, and what their task instances did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.history import state
from airflow_tune.history.column import NAT, Bools, Floats, Ints, Times, micros, missing
from airflow_tune.history.model import History
from airflow_tune.simulate.plan import (
    DEFER,
    DEFER_UNTIL,
    DONE,
    RESCHEDULE_UNTIL,
    RETRY,
    ROW,
    Cells,
    Dags,
    Plan,
    Pools,
    Runs,
    Stints,
    Tasks,
    candidate_order,
)
from airflow_tune.simulate.tries import Tries, between, seconds

POKE_S = 0.1
"""How long a task works before it defers or is rescheduled, and after it comes back to a FIFO.

Airflow does not keep these moments. Measured on 3.3.2: 0.08 s from start_date to the callable.
"""


@dataclass(frozen=True, slots=True)
class Workload:
    """A plan and where it came from: the try of the History for each stint, and notes on what was guessed.

    `run_rows` are the History's rows of the plan's DAG runs. `first_try` and `tries` give the rows of
    the tries of each task instance.
    """

    plan: Plan
    run_rows: Ints
    stint_try: Ints
    instance_try: Ints
    notes: tuple[str, ...]


def _arrivals(history: History) -> tuple[Times, Bools]:
    """Return when each DAG run may exist, and whether the scheduler creates it then.

    A scheduled run of 3.x is due at run_after; where that lies before everything else (the DAG was paused
    then), and for every other run, it came when it was queued.
    """
    runs = history.runs
    came = np.where(missing(runs.queued), np.where(missing(runs.start), runs.due, runs.start), runs.queued)
    earliest = came.min() if len(came) else NAT
    kinds = np.array([kind == "scheduled" for kind in runs.run_types] or [False])
    known = history.has_scheduled & kinds[runs.run_type] & (runs.due >= earliest) & (runs.due <= came)
    known &= ~runs.backfill
    return np.where(known, runs.due, came), known


def _runs(history: History, origin: np.datetime64) -> tuple[Runs, Ints]:
    runs = history.runs
    arrival, created = _arrivals(history)
    rows = np.lexsort((np.arange(len(runs)), micros(runs.due), micros(arrival)))
    place = np.empty(len(rows), np.int64)
    place[rows] = np.arange(len(rows))
    same = np.append(np.zeros(1, bool), runs.dag[1:] == runs.dag[:-1])[: len(rows)]
    before = np.where(same, np.append(-1, place[:-1])[: len(rows)], -1)
    counts = np.diff(_first_tasks(history))[runs.dag[rows]]
    return (
        Runs(
            tuple(runs.run_ids[row] for row in rows.tolist()),
            runs.dag[rows].astype(np.int64),
            seconds(arrival[rows], origin),
            created[rows],
            runs.backfill[rows],
            np.append(0, np.cumsum(counts)),
            before[rows],
        ),
        rows,
    )


def _first_tasks(history: History) -> Ints:
    first: Ints = np.searchsorted(history.tasks.dag, np.arange(len(history.dags.names) + 1))
    return first


def _tasks(history: History) -> Tasks:
    tasks = history.tasks
    return Tasks(
        tasks.names,
        tasks.dag.astype(np.int64),
        tasks.trigger_rule,
        tasks.depends_on_past,
        tasks.max_active_tis_per_dag.astype(np.int64),
        tasks.max_active_tis_per_dagrun.astype(np.int64),
        tasks.first.astype(np.int64),
        tasks.upstream.astype(np.int64),
    )


def _gaps_after_tries(tries: Tries) -> Floats:
    """Return how long after each try its next one could be scheduled.

    A fixed retry_delay is known; an exponential one lies between one and two times base × 2^(try - 1)
    (read in `TaskInstance.next_retry_datetime`), and what was cleared waited for a person.
    """
    tasks, task = tries.history.tasks, tries.column("task")
    end = tries.times("end")
    later = np.append(tries.times("scheduled")[1:], NAT)[: len(end)]
    later = np.where(missing(later), np.append(tries.times("queued")[1:], NAT)[: len(end)], later)
    seen = np.nan_to_num(between((end, later)), nan=0.0)
    delay = tasks.retry_delay_s[task]
    grown = tasks.retry_exponential[task]
    least = np.where(grown, delay * 2.0 ** np.clip(tries.column("try_number") - 1, 0, 20), delay)
    most = np.where(grown, 2 * least, least)
    failed = np.isin(tries.column("state"), (state.FAILED, state.UP_FOR_RETRY))
    gap: Floats = np.where(failed, np.clip(seen, least, most), np.maximum(seen, 0.0))
    return gap


def _stints(tries: Tries, due: Floats, origin: np.datetime64) -> tuple[Stints, Ints, Ints, int]:
    """Return the stints, the try (by place) of each, the first of each task instance, and guesses made."""
    work, guessed = tries.work()
    instant, deferred = tries.instant(), tries.deferred()
    late = tries.times("rescheduled")
    poked = ~missing(late) & ~deferred & ~instant
    twice = (deferred & ~instant) | poked
    counts = np.where(instant, 0, np.where(twice, 2, 1))
    of_try = np.repeat(np.arange(len(counts)), counts)
    second = np.append(np.zeros(min(len(of_try), 1), bool), of_try[1:] == of_try[:-1])
    first_of_two = twice[of_try] & ~second
    is_last = np.zeros(len(counts), bool)
    is_last[tries.newest] = True
    then = np.where(is_last[of_try], DONE, RETRY)
    gap = np.where(is_last[of_try], 0.0, _gaps_after_tries(tries)[of_try])
    work_s = work[of_try]
    back = np.where(missing(tries.times("scheduled")), tries.times("queued"), tries.times("scheduled"))
    back = np.where(poked, late, back)
    back_s, start_s = seconds(back, origin), seconds(tries.times("start"), origin)
    until = tries.until() | poked
    pause = np.where(until, back_s - due[tries.run], np.maximum(back_s - start_s - POKE_S, 0.0))
    kind = np.where(poked, RESCHEDULE_UNTIL, np.where(until, DEFER_UNTIL, DEFER))
    then = np.where(first_of_two, kind[of_try], then)
    gap = np.where(first_of_two, pause[of_try], gap)
    work_s = np.where(first_of_two, POKE_S, work_s)
    after = _after_deferral(tries)
    work_s = np.where(deferred[of_try] & second, after[of_try], work_s)
    sums = np.add.reduceat(counts, tries.first) if len(counts) else counts
    first = np.append(0, np.cumsum(sums)).astype(ROW)
    return (
        Stints(work_s, then.astype(np.int8), np.nan_to_num(gap)),
        of_try,
        first,
        int((guessed & ~instant).sum()),
    )


def _after_deferral(tries: Tries) -> Floats:
    """Return how long each deferred try worked after it came back.

    Where what is queued may wait long for a worker (LocalExecutor's FIFO), that wait cannot be told from
    work, and the work is taken to be short.
    """
    span = np.maximum(np.nan_to_num(between((tries.times("queued"), tries.times("end")))), 0.0)
    return np.minimum(span, POKE_S) if tries.fifo else span


def _cells(tries: Tries, runs: Runs, first_task: Ints, executor_rows: tuple[int, ...]) -> tuple[Cells, Ints]:
    """Return the cells and the cell of each task instance."""
    size = np.diff(runs.first_cell)
    run_of = np.repeat(np.arange(len(runs), dtype=ROW), size)
    offset = first_task[runs.dag] - runs.first_cell[:-1]
    task_of = (np.arange(len(run_of)) + np.repeat(offset, size)).astype(ROW)
    at = tries.newest
    task = tries.column("task")[at].astype(np.int64)
    run = tries.run[at]
    cell_of = (runs.first_cell[run] + task - first_task[runs.dag[run]]).astype(ROW)
    counts = np.bincount(cell_of, minlength=len(run_of))

    def of_cell(name: str, default: int) -> Ints:
        column = np.full(len(run_of), default, ROW)
        column[cell_of] = tries.column(name)[at]
        return column

    return (
        Cells(
            run_of,
            task_of,
            np.append(0, np.cumsum(counts)).astype(ROW),
            of_cell("pool", 0),
            np.maximum(of_cell("pool_slots", 1), 0),
            of_cell("priority_weight", 1),
            np.maximum(of_cell("queue", 0), 0),
            np.array([*executor_rows, 0], ROW)[of_cell("executor", -1)],
        ),
        cell_of,
    )


def workload(history: History, *, fifo: bool, executor_rows: tuple[int, ...] = ()) -> Workload:
    """Return the workload of `history`.

    `fifo` says that what was queued could wait long for a worker. `executor_rows` are the executors that
    the history's names stand for; what names none, or one that is not there, runs on the first.
    """
    arrival, _ = _arrivals(history)
    origin = arrival.min() if len(arrival) else history.taken_at
    runs, rows = _runs(history, origin)
    tries = Tries(history, rows, fifo=fifo)
    first_task = _first_tasks(history)
    cells, cell_of = _cells(tries, runs, first_task, executor_rows)
    stints, of_try, first_stint, guessed = _stints(tries, runs.due_s, origin)
    map_index = tries.column("map_index")[tries.newest].astype(ROW)
    dags, pools = history.dags, history.pools
    plan = Plan(
        origin,
        Pools(pools.names, pools.slots.astype(np.int64), pools.include_deferred, pools.slots == 0),
        Dags(
            dags.names,
            dags.max_active_tasks.astype(np.int64),
            dags.max_active_runs.astype(np.int64),
            first_task,
        ),
        _tasks(history),
        runs,
        cells,
        map_index,
        cell_of,
        first_stint,
        stints,
        candidate_order(cells, cell_of, map_index),
        history.queues,
        history.executors,
    )
    notes = (
        (f"{guessed} tries had not ended: they take as long as their task does in the middle",)
        if guessed
        else ()
    )
    return Workload(plan, rows, tries.row[of_try].astype(ROW), tries.row[tries.newest].astype(ROW), notes)
