"""The limits that the scheduler asks before it queues a task instance, in the order it asks them.

Read in `jobs/scheduler_job_runner.py:_executable_task_instances_to_queued`: no free executor slot ends
the pass before anything is examined; then each candidate is held against its pool, max_active_tasks
(of the DAG in 2.x, of the DAG run in 3.x), max_active_tis_per_dag and max_active_tis_per_dagrun.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.holding import begin_for_tasks
from airflow_tune.diagnose.waits.intervals import FOREVER, Intervals
from airflow_tune.diagnose.waits.levels import Level, above, blocks, level
from airflow_tune.diagnose.waits.occupancy import Occupancy
from airflow_tune.history.column import Codes, Ints, grouped
from airflow_tune.history.model import NO_LIMIT


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit over the whole history: when it was at its cap, and for whom.

    `group` is the group in `capped` of each try (-1 for none), `code` what it is called there:
    `name(code)` spells it. Tries with the same `shared` take from the same slots.
    """

    capped: Intervals
    group: Ints
    code: Ints
    shared: Ints
    name: Callable[[int], str]


def _whole(name: str, size: int, levels: Level, tries: int) -> Limit:
    """Return the limit of `size` for all `tries` together."""
    capped = above(levels, np.zeros(1, np.int64), np.array([size - 1]))
    everyone = np.broadcast_to(np.int32(0), tries)
    return Limit(capped, everyone, everyone, everyone, lambda _: name)


def _grouped(group: Ints, cap: Ints, held: Ints, begin: Ints, end: Ints) -> Intervals:
    """Return when each group had `cap` or more of the tries `held`, which counted from `begin` to `end`."""
    own = group[held]
    parts = [_capped(own[rows], cap, begin[rows], end[rows]) for rows in blocks(own)]
    # A limit of 0 is always at its cap, even of a group that never held anything.
    closed = np.flatnonzero(cap == 0)
    parts.append((closed, np.full(len(closed), -FOREVER), np.full(len(closed), FOREVER)))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Intervals(*(column[order] for column in columns))


def _capped(group: Ints, cap: Ints, begin: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the same of some groups whole, as columns; only groups with members enough are looked at."""
    low, high = max(int(group.min()), 0), max(int(group.max()), 0)
    caps = cap[low : high + 1]
    members = np.bincount(group[group >= 0] - low, minlength=len(caps))
    able = np.flatnonzero((caps > 0) & (members >= caps))
    # The last place, which -1 points to, stands for no group.
    dense = np.full(len(caps) + 1, -1)
    dense[able] = np.arange(len(able))
    own = dense[np.where(group < 0, -1, group - low)]
    inside = np.flatnonzero(own >= 0)
    levels = level(own[inside], begin[inside], end[inside], np.ones(len(inside), np.int8), len(able))
    found = above(levels, np.arange(len(able)), caps[able] - 1)
    return able[found.group] + low, found.begin, found.end


def parallelism(occupancy: Occupancy) -> Limit | None:
    """Return the executor's slots, where they keep task instances from being queued."""
    slots = occupancy.machinery.slots
    if not occupancy.machinery.bounds_queued or not slots:
        return None
    return _whole("parallelism", slots, occupancy.queued(), len(occupancy.history.tries))


def pool(occupancy: Occupancy) -> Limit:
    """Return the pools. A group is a pool and a number of slots asked for: two need more room than one."""
    tries, pools = occupancy.history.tries, occupancy.history.pools
    asked = np.maximum(tries.pool_slots, 1)
    most = int(asked.max(initial=1)) + 1
    both = tries.pool * np.int64(most)
    both += asked
    pairs = np.flatnonzero(np.bincount(both))
    dense = np.zeros(int(both.max(initial=0)) + 1, np.int32)
    dense[pairs] = np.arange(len(pairs))
    group, of_pair, asked_by = dense[both], pairs // most, pairs % most
    del both
    bounded = np.flatnonzero(pools.slots[of_pair] > 0)
    found = above(occupancy.pools, of_pair[bounded], pools.slots[of_pair[bounded]] - asked_by[bounded])
    capped = Intervals(bounded[found.group], found.begin, found.end)
    return Limit(capped, group, tries.pool, tries.pool, lambda code: f"pool:{pools.names[code]}")


def max_active_tasks(occupancy: Occupancy) -> Limit:
    """Return `max_active_tasks`, counted per DAG run or per DAG as the version does."""
    history, held = occupancy.history, occupancy.held
    dag, caps = history.dag_of_try, history.dags.max_active_tasks
    per_run = occupancy.machinery.version.limits_active_tasks_per_run
    group = history.tries.run if per_run else dag
    cap = caps[history.runs.dag] if per_run else caps
    capped = _grouped(group, cap.astype(np.int64), held.row, held.begin, held.end)
    return Limit(capped, group, dag, group, lambda code: f"max_active_tasks:{history.dags.names[code]}")


def max_active_tis(occupancy: Occupancy, cap: Codes, name: str, *, per_run: bool) -> Limit:
    """Return a task's own limit `cap` (by task), counted over all runs of its DAG or in each run."""
    history, held = occupancy.history, occupancy.held
    tries = history.tries
    group = np.where(cap[tries.task] == NO_LIMIT, np.int32(-1), tries.task)
    caps = cap.astype(np.int64)
    if per_run and np.any(group >= 0):
        keys = np.where(group < 0, -1, tries.run * np.int64(len(cap)) + group)
        found, _, dense = grouped(keys)
        group, caps = np.where(group < 0, -1, dense), np.where(found < 0, NO_LIMIT, cap[found % len(cap)])
    begin = begin_for_tasks(occupancy.machinery, held)
    capped = _grouped(group, caps, held.row, begin, held.end)
    return Limit(capped, group, tries.task, group, lambda code: f"{name}:{history.task_name(code)}")


def worker_slots(occupancy: Occupancy) -> Limit | None:
    """Return what keeps a queued task instance from starting: worker processes all taken."""
    name, size = occupancy.machinery.queued_limit
    return _whole(name, size, occupancy.running, len(occupancy.history.tries)) if size else None
