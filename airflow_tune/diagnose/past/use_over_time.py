"""How many slots of a limit were in use, over time: the fullest moment of each span of the clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.shared import Shared, shared_by
from airflow_tune.diagnose.waits.holding import Holding, holding
from airflow_tune.diagnose.waits.levels import level
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.history.column import Ints, ragged
from airflow_tune.history.model import History


@dataclass(frozen=True, slots=True)
class UseOverTime:
    """Of a limit of `size` slots, the most in use at once in each bucket that `edges` (µs) bound.

    Where each DAG run has the limit for itself it is the fullest run's.
    """

    limit: str
    size: int
    edges: Ints
    peak: Ints


def use_over_time(
    history: History, machinery: Machinery, limits: tuple[str, ...], edges: Ints
) -> tuple[UseOverTime, ...]:
    """Return the use of each of `limits`, named as in the waits; those without slots are left out."""
    held = holding(history)
    found = []
    for limit in limits:
        shared = shared_by(history, limit, machinery, held)
        if shared is not None and shared.size > 0:
            found.append(UseOverTime(limit, shared.size, edges, _peaks(shared, held, edges)))
    return tuple(found)


def _peaks(shared: Shared, held: Holding, edges: Ints) -> Ints:
    peak = np.zeros(len(edges) - 1, np.int64)
    group = shared.group[held.row]
    # The tail of a slot is an average: drawn, it would show slots in use that were free.
    inside = np.flatnonzero((group >= 0) & (held.end > shared.begin))
    if not len(inside):
        return peak
    _, dense = np.unique(group[inside], return_inverse=True)
    weight = shared.weight[held.row[inside]]
    levels = level(dense, shared.begin[inside], held.end[inside], weight, int(dense.max()) + 1).steps
    lasting = np.flatnonzero(levels.value > 0)
    first = np.searchsorted(edges, levels.time[lasting], side="right") - 1
    # A level that is above nought goes on until the next change of its group.
    last = np.searchsorted(edges, levels.time[lasting + 1], side="left") - 1
    first, last = first.clip(0, len(peak) - 1), last.clip(0, len(peak) - 1)
    owner, rank = ragged(np.maximum(last - first + 1, 1))
    np.maximum.at(peak, first[owner] + rank, levels.value[lasting][owner])
    return peak
