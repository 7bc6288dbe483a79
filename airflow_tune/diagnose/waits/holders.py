"""Who had the slots of a limit while a task instance waited for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.asked import Asked
from airflow_tune.diagnose.waits.holding import Holding, begin_for_pools, begin_for_tasks, holding, with_tail
from airflow_tune.diagnose.waits.limit import Limit
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.timeline import Piece
from airflow_tune.history.column import MICROSECONDS, Ints
from airflow_tune.history.model import History


@dataclass(frozen=True, slots=True)
class Holder:
    """A task instance that held slots of a limit while another waited, and for how many seconds."""

    task: str
    run_id: str
    map_index: int
    held_s: float


class Holders:
    """Names those that had the slots; from when to when each counts is as `limit` counts it."""

    def __init__(self, history: History, machinery: Machinery, asked: Asked) -> None:
        self._history, self._machinery, self._asked = history, machinery, asked
        self.held: Holding = holding(history)

    def of(self, row: int, piece: Piece) -> list[Holder]:
        """Return who held what try `row` waited for in `piece`, those that held it longest first."""
        for limit in (*self._asked.before_start, *self._asked.before_queued):
            if limit.group[row] >= 0 and limit.name(int(limit.code[row])) == piece.limit:
                return self._holders(limit, row, piece)
        return []

    def _spans(self, limit: Limit, name: str) -> tuple[Ints, Ints]:
        """Return from when to when each try counts for the limit called `name`."""
        held, tail_s = self.held, self._machinery.slot_tail_s
        if any(limit is one for one in self._asked.before_start):
            return held.started, with_tail(held.end, tail_s)
        if name == "parallelism":
            return held.begin, with_tail(held.end, tail_s)
        if name.startswith("pool:"):
            return begin_for_pools(self._history, held), held.end
        if name.startswith("max_active_tis"):
            return begin_for_tasks(self._machinery, held), held.end
        return held.begin, held.end

    def _holders(self, limit: Limit, row: int, piece: Piece) -> list[Holder]:
        held, (begin, end) = self.held.row, self._spans(limit, piece.limit)
        inside = (begin < piece.end) & (end > piece.begin) & (limit.shared[held] == limit.shared[row])
        some = np.flatnonzero(inside & (held != row))
        spent = np.minimum(end[some], piece.end) - np.maximum(begin[some], piece.begin)
        order = np.argsort(-spent, kind="stable")
        return [self._holder(int(held[some[at]]), int(spent[at])) for at in order]

    def _holder(self, row: int, spent: int) -> Holder:
        history, tries = self._history, self._history.tries
        return Holder(
            history.task_name(int(tries.task[row])),
            history.runs.run_ids[tries.run[row]],
            int(tries.map_index[row]),
            spent / MICROSECONDS,
        )
