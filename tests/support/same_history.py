"""Whether two histories are the same, whatever order names were met in."""

# ruff: noqa: E501 - a try stands on few lines

from __future__ import annotations

import numpy as np

FIELDS = ("state", "pool_slots", "priority_weight", "scheduled", "queued", "start", "end")


def tries(history):
    """Return every try by its names, since codes depend on the order in which names were met."""
    it = history.tries
    names = {
        "pool": history.pools.names, "queue": history.queues, "operator": history.operators,
        "executor": history.executors, "host": history.hosts,
    }  # fmt: skip
    return {
        (history.task_name(it.task[row]), history.runs.run_ids[it.run[row]], it.map_index[row], it.try_number[row],
         it.last[row]): (
            *(known[getattr(it, name)[row]] if getattr(it, name)[row] >= 0 else None for name, known in names.items()),
            *(str(getattr(it, name)[row]) for name in FIELDS),
        )
        for row in range(len(it))
    }  # fmt: skip


def runs(history):
    it = history.runs
    names = ("state", "due", "queued", "start", "end", "backfill")
    return [
        (history.dags.names[dag], run_id, it.run_types[kind], *values)
        for dag, run_id, kind, *values in zip(
            it.dag, it.run_ids, it.run_type, *(getattr(it, name).tolist() for name in names), strict=True
        )
    ]


def edges(history):
    it = history.tasks
    return {
        history.task_name(row): (
            {history.task_name(up) for up in it.upstream[it.first[row] : it.first[row + 1]]},
            bool(it.known[row]), int(it.trigger_rule[row]), int(it.retries[row]), float(it.retry_delay_s[row]),
        )
        for row in range(len(it))
    }  # fmt: skip


def same(rest, db):
    assert tries(rest) == tries(db)
    assert runs(rest) == runs(db)
    assert edges(rest) == edges(db)
    assert rest.pools.names == db.pools.names
    assert rest.pools.slots.tolist() == db.pools.slots.tolist()
    assert rest.dags.names == db.dags.names
    for name in ("max_active_tasks", "max_active_runs", "is_paused"):
        assert getattr(rest.dags, name).tolist() == getattr(db.dags, name).tolist()
    np.testing.assert_array_equal(rest.dags.parse_s, db.dags.parse_s)
    assert rest.taken_at == db.taken_at
    assert rest.has_scheduled
