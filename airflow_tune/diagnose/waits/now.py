"""Everything that waits at this moment, oldest first, and what can never start as things are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.stretches import stretches
from airflow_tune.diagnose.waits.why import Inquiry
from airflow_tune.history import state
from airflow_tune.history.column import MICROSECONDS, Ints, missing
from airflow_tune.history.model import History

SHOWN = 200
"""How many waiting task instances are looked into, the ones that wait longest."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits: since when (s), what holds it now, and why it can never start ("" where it can)."""

    task: str
    run_id: str
    map_index: int
    state: str
    waited_s: float
    limit: str
    never: str


def never_starts(history: History, row: int) -> str:
    """Return why try `row` can never start as things are; empty where it can."""
    tries, pools = history.tries, history.pools
    pool, dag, task = int(tries.pool[row]), int(history.dag_of_try[row]), int(tries.task[row])
    slots, asked = int(pools.slots[pool]), int(tries.pool_slots[row])
    if slots == 0:
        return f"pool {pools.names[pool]} does not exist or has no slots"
    if 0 < slots < asked:
        return f"it asks for {asked} slots of pool {pools.names[pool]}, which has {slots}"
    if history.dags.is_paused[dag]:
        return f"DAG {history.dags.names[dag]} is paused"
    if history.dags.max_active_tasks[dag] == 0:
        return f"max_active_tasks of DAG {history.dags.names[dag]} is 0"
    own = (history.tasks.max_active_tis_per_dag[task], history.tasks.max_active_tis_per_dagrun[task])
    return f"max_active_tis of {history.task_name(task)} is 0" if 0 in own else ""


def _rows(history: History) -> Ints:
    tries = history.tries
    waits = tries.last & missing(tries.start) & np.isin(tries.state, (state.SCHEDULED, state.QUEUED))
    return np.flatnonzero(waits)


def waiting_now(history: History, machinery: Machinery) -> tuple[Waiting, ...]:
    """Return what waits when the history was taken, the longest wait first, SHOWN at most."""
    rows, waits = _rows(history), stretches(history)
    ready = np.full(len(history.tries), np.iinfo(np.int64).max)
    ready[waits.row[::-1]] = waits.ready[::-1]
    oldest = rows[np.argsort(ready[rows], kind="stable")][:SHOWN]
    inquiry = Inquiry(history, machinery)
    now, found = int(history.taken_at.astype(np.int64)), []
    for row in map(int, oldest):
        pieces = inquiry.pieces(row)
        found.append(
            Waiting(
                history.task_name(int(history.tries.task[row])),
                history.runs.run_ids[history.tries.run[row]],
                int(history.tries.map_index[row]),
                state.STATES[history.tries.state[row]],
                (now - int(ready[row])) / MICROSECONDS,
                pieces[-1].limit if pieces else "",
                never_starts(history, row),
            )
        )
    return tuple(found)
