"""The names of a history and their rows: DAGs, tasks with their limits and edges, pools, runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from airflow_tune.history import trigger_rule
from airflow_tune.history.column import Codes, Ints
from airflow_tune.history.draft import DagRow, Draft
from airflow_tune.history.graph import DEFAULT_RETRY_DELAY_S, DEFAULT_TRIGGER_RULE, GraphTask
from airflow_tune.history.model import NO_LIMIT, DagRuns, Dags, Pools, Tasks
from airflow_tune.history.raw import Kind, Names


@dataclass(frozen=True, slots=True)
class Catalog:
    """Rows by name; `task`, `pool`, `queue`, `operator` and `executor` are by code of a Kind.

    `run_order` are the rows of the RawRuns in the order of DagRuns, `run` is the other way round.
    """

    dags: Names
    tasks: Tasks
    task_rows: dict[tuple[str, str], int]
    pools: tuple[str, ...]
    queues: tuple[str, ...]
    operators: tuple[str, ...]
    executors: tuple[str, ...]
    task: Codes
    pool: Codes
    queue: Codes
    operator: Codes
    executor: Codes
    run_order: Ints
    run: Codes


def _unknown(name: str) -> GraphTask:
    return GraphTask(name, (), DEFAULT_TRIGGER_RULE, False, 0, DEFAULT_RETRY_DELAY_S, False, None, None)  # noqa: FBT003 - the fields in order


def _limit(value: int | None) -> int:
    return NO_LIMIT if value is None or value < 0 else value


def _task_list(draft: Draft, dags: Names) -> tuple[dict[tuple[str, str], int], list[GraphTask], list[bool]]:
    seen: dict[str, list[str]] = {dag: [] for dag in dags}
    for kind in draft.kinds:
        seen[kind.dag_id].append(kind.task_id)
    rows: dict[tuple[str, str], int] = {}
    tasks: list[GraphTask] = []
    known: list[bool] = []
    for dag in dags:
        graph = {task.name: task for task in draft.graphs.get(dag) or ()}
        for name in dict.fromkeys([*graph, *seen[dag]]):
            rows[dag, name] = len(tasks)
            tasks.append(graph.get(name) or _unknown(name))
            known.append(name in graph)
    return rows, tasks, known


def _edges(rows: dict[tuple[str, str], int], tasks: list[GraphTask]) -> tuple[Ints, Codes]:
    pairs = [
        (rows[dag, after], row)
        for (dag, _), row in rows.items()
        for after in tasks[row].downstream
        if (dag, after) in rows
    ]
    edges = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    first = np.searchsorted(edges[:, 0], np.arange(len(tasks) + 1))
    return first.astype(np.int64), edges[:, 1].astype(np.int32)


def _tasks(draft: Draft, dags: Names) -> tuple[Tasks, dict[tuple[str, str], int]]:
    rows, tasks, known = _task_list(draft, dags)
    first, upstream = _edges(rows, tasks)
    return Tasks(
        dag=np.array([dags[dag] for dag, _ in rows], np.int32),
        names=tuple(name for _, name in rows),
        known=np.array(known, bool),
        trigger_rule=np.array([trigger_rule.kind(task.trigger_rule) for task in tasks], np.int32),
        depends_on_past=np.array([task.depends_on_past for task in tasks], bool),
        retries=np.array([task.retries for task in tasks], np.int32),
        retry_delay_s=np.array([task.retry_delay_s for task in tasks], float),
        retry_exponential=np.array([task.retry_exponential for task in tasks], bool),
        max_active_tis_per_dag=np.array([_limit(t.max_active_tis_per_dag) for t in tasks], np.int32),
        max_active_tis_per_dagrun=np.array([_limit(t.max_active_tis_per_dagrun) for t in tasks], np.int32),
        first=first,
        upstream=upstream,
    ), rows


def _run_order(draft: Draft, dags: Names) -> tuple[Ints, Codes]:
    order = np.lexsort([draft.runs.id, draft.runs.due, dags.codes(draft.runs.dag_ids)])
    rows = np.empty(len(order), np.int32)
    rows[order] = np.arange(len(order), dtype=np.int32)
    return order, rows


def _column(kinds: Sequence[Kind], name: str, names: Names) -> Codes:
    return names.codes(getattr(kind, name) for kind in kinds)


def build_catalog(draft: Draft) -> Catalog:
    """Return the rows of every name in `draft`."""
    dags = Names()
    dags.codes(sorted({*draft.runs.dag_ids, *(kind.dag_id for kind in draft.kinds)}))
    tasks, task_rows = _tasks(draft, dags)
    pools, queues, operators, executors = Names(), Names(), Names(), Names()
    pools.codes(row.pool for row in draft.pools)
    kinds = list(draft.kinds)
    order, rows = _run_order(draft, dags)
    return Catalog(
        dags=dags,
        tasks=tasks,
        task_rows=task_rows,
        task=np.array([task_rows[kind.dag_id, kind.task_id] for kind in kinds], np.int32),
        pool=_column(kinds, "pool", pools),
        queue=_column(kinds, "queue", queues),
        operator=_column(kinds, "operator", operators),
        executor=_column(kinds, "executor", executors),
        pools=tuple(pools),
        queues=tuple(queues),
        operators=tuple(operators),
        executors=tuple(executors),
        run_order=order,
        run=rows,
    )


def build_dags(draft: Draft, catalog: Catalog) -> Dags:
    """Return the DAGs of `draft`; one without a row in the table `dag` has no limits."""
    by_name = {row.dag_id: row for row in draft.dags}
    rows = [by_name.get(name, DagRow(name, None, None, None, None)) for name in catalog.dags]
    return Dags(
        names=tuple(catalog.dags),
        max_active_tasks=np.array([_limit(row.max_active_tasks) for row in rows], np.int32),
        max_active_runs=np.array([_limit(row.max_active_runs) for row in rows], np.int32),
        is_paused=np.array([bool(row.is_paused) for row in rows], bool),
        parse_s=np.array([row.last_parse_duration for row in rows], float),
    )


def build_pools(draft: Draft, catalog: Catalog) -> Pools:
    """Return the pools of `draft`, those that exist first."""
    gone = len(catalog.pools) - len(draft.pools)
    slots = [row.slots for row in draft.pools] + [0] * gone
    deferred = [bool(row.include_deferred) for row in draft.pools] + [False] * gone
    return Pools(catalog.pools, np.array(slots, np.int32), np.array(deferred, bool))


def build_runs(draft: Draft, catalog: Catalog) -> DagRuns:
    """Return the DAG runs of `draft` in the order of the catalog."""
    raw, order, types = draft.runs, catalog.run_order, Names()
    rows = order.tolist()
    return DagRuns(
        dag=catalog.dags.codes(map(raw.dag_ids.__getitem__, rows)),
        run_ids=tuple(map(raw.run_ids.__getitem__, rows)),
        state=raw.state[order],
        run_type=types.codes(map(raw.run_types.__getitem__, rows)),
        run_types=tuple(types),
        due=raw.due[order],
        queued=raw.queued[order],
        start=raw.start[order],
        end=raw.end[order],
        backfill=raw.backfill[order],
    )
