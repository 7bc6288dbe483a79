"""Changed DAGs: a dependency less, a chain made parallel, another schedule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from airflow_tune.errors import UsageError, nearest
from airflow_tune.history.model import History
from airflow_tune.simulate.load import respaced
from airflow_tune.units import parse_duration

KINDS = ("drop", "parallel", "every")


def edited(history: History, dag_id: str, edit: str, *, where: str) -> History:
    """Return `history` as if the DAG `dag_id` had been changed.

    "drop:a>b" takes the dependency of b on a away, "parallel:a,b,c" lets these tasks wait for nothing
    among themselves, "every:30m" runs the DAG that often. Raises UsageError for what is not there.
    """
    names = history.dags.names
    if dag_id not in names:
        raise UsageError(f'the history has no DAG "{dag_id}"', where=where, remedy=nearest(dag_id, names))
    kind, _, what = edit.partition(":")
    if kind not in KINDS or not what:
        raise UsageError(
            f'"{edit}" is no edit', where=where, remedy="write drop:A>B, parallel:A,B or every:30m"
        )
    dag = names.index(dag_id)
    if kind == "every":
        seconds = parse_duration(what, where=where)
        if seconds <= 0:
            raise UsageError("a DAG cannot run that often", where=where, remedy="write every:30m, for one")
        return respaced(history, dag, seconds)
    if kind == "drop":
        above, arrow, below = what.partition(">")
        if not arrow:
            raise UsageError(f'"{what}" is no dependency', where=where, remedy="write drop:A>B")
        pair = (_task(history, dag, above, where), _task(history, dag, below, where))
        return _without(history, pair, where)
    return _parallel(history, {_task(history, dag, name, where) for name in what.split(",")})


def _task(history: History, dag: int, name: str, where: str) -> int:
    own = np.flatnonzero(history.tasks.dag == dag).tolist()
    known = {history.tasks.names[row]: row for row in own}
    if name not in known:
        raise UsageError(f'the DAG has no task "{name}"', where=where, remedy=nearest(name, known))
    return known[name]


def _upstream(history: History) -> list[list[int]]:
    first, upstream = history.tasks.first.tolist(), history.tasks.upstream.tolist()
    return [upstream[first[row] : first[row + 1]] for row in range(len(history.tasks))]


def _with(history: History, graph: list[list[int]]) -> History:
    tasks = history.tasks
    first = np.append(0, np.cumsum([len(above) for above in graph])).astype(tasks.first.dtype)
    upstream = np.array([one for above in graph for one in above], tasks.upstream.dtype)
    return replace(history, tasks=replace(tasks, first=first, upstream=upstream))


def _without(history: History, pair: tuple[int, int], where: str) -> History:
    graph, (above, below) = _upstream(history), pair
    if above not in graph[below]:
        known = ", ".join(history.tasks.names[row] for row in graph[below]) or "none"
        raise UsageError("there is no such dependency", where=where, remedy=f"it waits for: {known}")
    graph[below].remove(above)
    return _with(history, graph)


def _parallel(history: History, members: set[int]) -> History:
    """Let `members` begin together after all that came before any of them; what followed one follows all."""
    graph = _upstream(history)
    before = sorted({above for row in members for above in graph[row]} - members)
    made = []
    for row, above in enumerate(graph):
        if row in members:
            made.append(before)
        elif members & set(above):
            made.append(sorted(set(above) | members))
        else:
            made.append(above)
    return _with(history, made)
