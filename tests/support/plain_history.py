"""Histories made from plain rows, times in seconds since 1970."""

from __future__ import annotations

import numpy as np

from airflow_tune.history.assembly import assemble
from airflow_tune.history.column import rows_of
from airflow_tune.history.draft import DagRow, Draft, PoolRow
from airflow_tune.history.graph import GraphTask
from airflow_tune.history.raw import Kind, RawRuns, RawTries, RunRow, integers
from airflow_tune.history.state import code
from airflow_tune.versions import AirflowVersion


def _seconds(values):
    nat = np.iinfo(np.int64).min
    return np.array([nat if v is None else round(v * 1e6) for v in values], np.int64).view("datetime64[us]")


def _raw(rows, draft):
    def each(name, default):
        return [row.get(name, default) for row in rows]

    kinds = [
        Kind(
            row["dag"],
            row["task"],
            row.get("pool", "default_pool"),
            "default",
            row.get("operator", "Op"),
            None,
        )
        for row in rows
    ]
    return RawTries(
        rows_of(draft.runs.id, np.array([row["run"] for row in rows], np.int64)).astype(np.int32),
        draft.kinds.codes(kinds),
        draft.hosts.codes(each("host", "host")),
        integers(each("map_index", -1)),
        integers(each("try_number", 1)),
        integers(each("slots", 1)),
        integers(each("weight", 1)),
        np.array([code(name) for name in each("state", "success")], np.int32),
        *(_seconds(each(name, None)) for name in ("scheduled", "queued", "start", "end")),
    )


def make_history(
    tries, *, runs=None, dags=(), pools=(), graphs=None, version="3.3", earlier=(), reschedules=()
):
    draft = Draft(AirflowVersion(version), version.startswith("3"), reschedules=list(reschedules))
    ids = sorted({(row["run"], row["dag"]) for row in (*tries, *earlier)})
    rows = runs if runs is not None else [{"id": run, "dag": dag} for run, dag in ids]
    read = []
    for row in rows:
        due, queued, start, end = _seconds([row.get(k, 0.0) for k in ("due", "queued", "start", "end")])
        read.append(
            RunRow(row["id"], row["dag"], f"r{row['id']}", row.get("state", "success"),
                   row.get("type", "manual"), due, queued, start, end, row.get("backfill"))
        )  # fmt: skip
    draft.runs = RawRuns.of(read)
    draft.current = [_raw(tries, draft)]
    draft.earlier = [_raw(earlier, draft)]
    draft.dags = [DagRow(*(*row, False, None)[:5]) for row in dags]
    draft.pools = [PoolRow("default_pool", 128, include_deferred=False), *(PoolRow(*row) for row in pools)]
    draft.graphs = {
        dag: tuple(
            GraphTask(
                name,
                tuple(facts.get("downstream", ())),
                facts.get("trigger_rule", "all_success"),
                facts.get("depends_on_past", False),
                facts.get("retries", 0),
                facts.get("retry_delay_s", 300.0),
                facts.get("retry_exponential", False),
                facts.get("max_active_tis_per_dag"),
                facts.get("max_active_tis_per_dagrun"),
            )
            for name, facts in tasks.items()
        )
        for dag, tasks in (graphs or {}).items()
    }
    return assemble(draft)
