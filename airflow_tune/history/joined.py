"""Two histories as one: DAGs that the one does not know beside those of the other."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from airflow_tune.history.column import Codes
from airflow_tune.history.model import DagRuns, Dags, History, Pools, TaskInstances, Tasks
from airflow_tune.history.raw import Names

_OF_TRIES = ("queue", "operator", "executor", "host")
_NAMES = ("queues", "operators", "executors", "hosts")


def joined(history: History, more: History) -> History:
    """Return `history` with the DAGs of `more`, which knows none of the same; pools are `history`'s.

    What was noted of `more`, its traces and its version are left out.
    """
    tasks, runs = len(history.tasks), len(history.runs)
    pools, pool = _pools(history.pools, more.pools)
    moved: dict[str, Any] = {"run": more.tries.run + runs, "task": more.tries.task + tasks}
    moved["pool"] = pool[more.tries.pool]
    names: dict[str, Any] = {}
    for column, name in zip(_OF_TRIES, _NAMES, strict=True):
        names[name], codes = _united(getattr(history, name), getattr(more, name))
        moved[column] = codes[getattr(more.tries, column)]
    return replace(
        history,
        taken_at=max(history.taken_at, more.taken_at),
        dags=_both(Dags, history.dags, more.dags),
        tasks=_tasks(history, more),
        pools=pools,
        runs=_runs(history, more),
        tries=_both(TaskInstances, history.tries, replace(more.tries, **moved)),
        **names,
    )


def _united(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[tuple[str, ...], Codes]:
    """Return the names of both, and the code of each of `second` in them, with -1 for no name."""
    names = Names()
    names.codes(first)
    codes = names.codes(second)
    return tuple(names), np.append(codes, -1).astype(np.int32)


def _both(kind: type[Any], first: Any, second: Any) -> Any:  # noqa: ANN401 - columns of any one kind
    """Return the rows of `first` and those of `second` after them."""
    columns = {}
    for one in fields(kind):
        a, b = getattr(first, one.name), getattr(second, one.name)
        columns[one.name] = (*a, *b) if isinstance(a, tuple) else np.concatenate([a, b])
    return kind(**columns)


def _tasks(history: History, more: History) -> Tasks:
    first, second = history.tasks, more.tasks
    moved = replace(second, dag=second.dag + len(history.dags.names), upstream=second.upstream + len(first))
    found: Tasks = _both(Tasks, first, moved)
    edges = np.concatenate([first.first, second.first[1:] + first.first[-1]])
    return replace(found, first=edges)


def _runs(history: History, more: History) -> DagRuns:
    first, second = history.runs, more.runs
    kinds, code = _united(first.run_types, second.run_types)
    moved = replace(
        second, dag=second.dag + len(history.dags.names), run_type=code[second.run_type], run_types=()
    )
    found: DagRuns = _both(DagRuns, first, moved)
    return replace(found, run_types=kinds)


def _pools(first: Pools, second: Pools) -> tuple[Pools, Codes]:
    names, code = _united(first.names, second.names)
    new = [at for at, name in enumerate(second.names) if name not in first.names]
    slots = np.concatenate([first.slots, second.slots[new]])
    deferred = np.concatenate([first.include_deferred, second.include_deferred[new]])
    return Pools(names, slots, deferred), code
