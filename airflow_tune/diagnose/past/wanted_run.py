"""What more active runs of a DAG would spare: its DAG runs as what max_active_runs counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from airflow_tune.diagnose.past.wanted import REPLAYED, Wanted, taken
from airflow_tune.diagnose.waits.run_wait import charge_runs
from airflow_tune.history.column import MICROSECONDS, micros, missing
from airflow_tune.history.model import History

LIMIT = "max_active_runs:"


def wanted_runs(history: History, limits: Iterable[str]) -> Iterator[Wanted]:
    """Yield what was wanted of each max_active_runs among `limits`, over the runs that ended."""
    asked = [name for name in limits if name.startswith(LIMIT)]
    if not asked:
        return
    charges = charge_runs(history)
    for name in asked:
        own = charges.limit == charges.names.index(name)
        waited = np.zeros(len(history.runs), np.int64)
        np.add.at(waited, charges.run[own], charges.micros[own])
        yield _wanted(history, name, waited)


def _wanted(history: History, name: str, waited: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Wanted:
    runs = history.runs
    dag = history.dags.names.index(name.removeprefix(LIMIT))
    row = np.flatnonzero((runs.dag == dag) & ~runs.backfill & ~missing(runs.start) & ~missing(runs.end))
    start, end = micros(runs.start)[row], micros(runs.end)[row]
    begin = start - waited[row]
    order = np.argsort(begin, kind="stable")[-REPLAYED:]
    zero = np.zeros(len(row), np.int64)
    return Wanted(
        name,
        int(history.dags.max_active_runs[dag]),
        taken(zero, begin, np.maximum(end, begin), zero + 1),
        float(waited[row][order].sum()) / MICROSECONDS,
        begin[order],
        np.maximum(end - start, 0)[order],
        zero[order],
        zero[order] + 1,
    )
