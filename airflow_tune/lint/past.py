"""What rules ask of a history: how long runs and tasks took, by their names."""

from __future__ import annotations

import numpy as np

from airflow_tune.history.cause import RESOURCE, ZOMBIE
from airflow_tune.history.column import MICROSECONDS, Bools, Floats, Times, micros
from airflow_tune.history.model import History
from airflow_tune.history.state import SUCCESS

FEW = 3
"""Runs or task instances below which nothing is said of a DAG or task."""


def run_seconds(history: History) -> dict[str, Floats]:
    """Return the seconds that each DAG's scheduled runs took from start to end, of those that ended."""
    runs = history.runs
    planned = np.array([name == "scheduled" for name in history.runs.run_types], bool)
    known = ~np.isnat(runs.start) & ~np.isnat(runs.end) & planned[runs.run_type]
    taken = _seconds(runs.start, runs.end)
    return {
        name: taken[mine]
        for dag, name in enumerate(history.dags.names)
        if (mine := known & (runs.dag == dag)).sum() >= FEW
    }


def task_seconds(history: History) -> dict[tuple[str, str], float]:
    """Return the median seconds that each task's successful instances ran, by DAG and task."""
    return _medians(history, _seconds(history.tries.start, history.tries.end), _ran(history))


def start_seconds(history: History) -> dict[tuple[str, str], float]:
    """Return the median seconds from queued to started of each task, deferrals left out."""
    tries = history.tries
    taken = _seconds(tries.queued, tries.start)
    return _medians(history, taken, _ran(history) & ~np.isnat(tries.queued) & (taken >= 0))


def lost_tries(history: History) -> dict[tuple[str, str], int]:
    """Return how many tries of each task ended for want of memory, or with their worker, by DAG and task."""
    traces, tries = history.traces, history.tries
    rows = traces.row[np.isin(traces.cause, (RESOURCE, ZOMBIE))]
    rows = rows[~np.isnat(tries.start[rows])]  # others were given up before they began
    tasks, counts = np.unique(tries.task[rows], return_counts=True)
    return {
        (history.dags.names[history.tasks.dag[task]], history.tasks.names[task]): int(count)
        for task, count in zip(tasks, counts, strict=True)
    }


def _ran(history: History) -> Bools:
    tries = history.tries
    known: Bools = (tries.state == SUCCESS) & ~np.isnat(tries.start) & ~np.isnat(tries.end)
    return known


def _seconds(begin: Times, end: Times) -> Floats:
    taken: Floats = (micros(end) - micros(begin)) / MICROSECONDS
    return taken


def _medians(history: History, taken: Floats, known: Bools) -> dict[tuple[str, str], float]:
    rows = np.flatnonzero(known)
    order = rows[np.lexsort((taken[rows], history.tries.task[rows]))]
    tasks, first, counts = np.unique(history.tries.task[order], return_index=True, return_counts=True)
    found = {}
    for task, begin, count in zip(tasks, first, counts, strict=True):
        if count >= FEW:
            name = (history.dags.names[history.tasks.dag[task]], history.tasks.names[task])
            found[name] = float(taken[order[begin + count // 2]])
    return found
