"""Rows of the REST API as rows of a draft: the same fields under other names, times as ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from airflow_tune.api.paging import Row
from airflow_tune.dags.told import seconds
from airflow_tune.history import state
from airflow_tune.history.draft import Draft
from airflow_tune.history.graph import DEFAULT_RETRY_DELAY_S, DEFAULT_TRIGGER_RULE, GraphTask
from airflow_tune.history.raw import Kind, RawTries, RunRow, integers, moments

_BACKFILL = "backfill"
_KEPT = ("dag_id", "dag_run_id", "task_id", "map_index", "try_number", "state", "start_date")
_MAY_HAVE_BEEN_CLEARED = {None, "up_for_retry"}


def with_offset(text: str) -> str:
    """Return an ISO time with "+00:00" for "Z", which Python 3.10 does not read."""
    return f"{text[:-1]}+00:00" if text.endswith("Z") else text


def moment(text: str | None) -> Any:  # noqa: ANN401 - what `moments` takes
    """Return a time of the API as `moments` reads it: naive text in UTC, or an aware datetime."""
    if text is None:
        return None
    return text[:-1] if text.endswith("Z") else datetime.fromisoformat(text)


def run_key(row: Row) -> tuple[str, str]:
    """Return the DAG and run id of a row of either listing."""
    return row["dag_id"], row["dag_run_id"]


def key(row: Row) -> tuple[str, ...]:
    """Return what makes a task instance the same through all its tries."""
    return row["dag_id"], row["dag_run_id"], row["task_id"], str(row["map_index"])


def slim(row: Row) -> Row:
    """Return of a task instance only what finding its earlier tries takes."""
    return {name: row[name] for name in _KEPT}


def run(at: int, row: Row) -> RunRow:
    """Return the DAG run in `row` under the number `at`: the API does not tell its id."""
    due, queued, start, end = (
        moment(row[name]) for name in ("run_after", "queued_at", "start_date", "end_date")
    )
    backfill = 1 if row["run_type"] == _BACKFILL else None
    return RunRow(at, *run_key(row), row["state"], row["run_type"], due, queued, start, end, backfill)


def was_tried_before(row: Row) -> bool:
    """Return whether there may be earlier tries: it was retried, awaits that, or was cleared."""
    number = row["try_number"]
    return bool(number > 1 or (number == 1 and row["state"] in _MAY_HAVE_BEEN_CLEARED))


def before(row: Row, tries: Sequence[Row]) -> list[Row]:
    """Return those of all `tries` that came before the one in `row`.

    The API lists the past tries and then the present one, but for one that awaits its retry.
    """
    past = tries if row["state"] == "up_for_retry" else tries[:-1]
    same_counts = row["state"] in _MAY_HAVE_BEEN_CLEARED
    number = row["try_number"]
    return [
        one for one in past if one["try_number"] < number or (same_counts and one["try_number"] == number)
    ]


def tries(rows: Sequence[Row], runs: Mapping[tuple[str, str], int], draft: Draft) -> RawTries:
    """Return `rows` (current or past task instances) as columns, adding to the names of `draft`."""

    def column(name: str) -> list[Any]:
        return [row[name] for row in rows]

    kinds = (Kind(*(row[name] for name in Kind._fields)) for row in rows)
    return RawTries(
        np.array([runs[run_key(row)] for row in rows], np.int32),
        draft.kinds.codes(kinds),
        draft.hosts.codes(name or None for name in column("hostname")),
        integers(column("map_index"), -1),
        integers(column("try_number")),
        integers(column("pool_slots"), 1),
        integers(column("priority_weight"), 1),
        np.array([state.code(name) for name in column("state")], np.int32),
        *(
            moments([moment(text) for text in column(name)])
            for name in ("scheduled_when", "queued_when", "start_date", "end_date")
        ),
    )


def task(row: Row) -> GraphTask:
    """Return one task of a DAG; its limits on task instances are not told."""
    return GraphTask(
        name=row["task_id"],
        downstream=tuple(row["downstream_task_ids"] or ()),
        trigger_rule=row["trigger_rule"] or DEFAULT_TRIGGER_RULE,
        depends_on_past=bool(row["depends_on_past"]),
        retries=int(row["retries"] or 0),
        retry_delay_s=_seconds(row["retry_delay"]),
        retry_exponential=bool(row["retry_exponential_backoff"]),
        max_active_tis_per_dag=None,
        max_active_tis_per_dagrun=None,
    )


def _seconds(delay: Mapping[str, Any] | None) -> float:
    return DEFAULT_RETRY_DELAY_S if delay is None else seconds(delay)
