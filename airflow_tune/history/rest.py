"""Read a history from the REST API of Airflow 3: what a metadata DB gives, but for what no listing has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import NamedTuple

import numpy as np

from airflow_tune.api.facts import listed_dags, listed_pools
from airflow_tune.api.paging import Row, all_rows
from airflow_tune.api.session import IN_FLIGHT, Session, body
from airflow_tune.history import rest_row
from airflow_tune.history.assembly import assemble
from airflow_tune.history.column import NAT
from airflow_tune.history.draft import DagRow, Draft, PoolRow
from airflow_tune.history.graph import GraphTask
from airflow_tune.history.model import History
from airflow_tune.history.raw import RawRuns, RawTries, moments
from airflow_tune.history.window import Told, Window

RUNS_AT_A_TIME = 100
"""Task instances are listed for so many DAG runs together: a page's place in the listing costs the server
little then, and what one request cannot get is little."""
MOST_RETRIED = 2_000
"""Earlier tries cost one request for each task instance that has some: those of the newest are read."""

TRIES = "task_instances"
"""What every listing of task instances, be they newest or earlier tries, calls its rows."""


class _Span(NamedTuple):
    """DAG runs due from `first` to `last`, both included; how many there are."""

    first: datetime
    last: datetime
    runs: int


class _Reading:
    """One reading of one server's past into a Draft."""

    def __init__(self, session: Session, window: Window, told: Told) -> None:
        self._session, self._window, self._told = session, window, told
        self._limit = session.access.page_limit
        self._dags = list(window.dags) or None
        self._threads = ThreadPoolExecutor(IN_FLIGHT)
        self.draft = Draft(session.version, has_scheduled=True)

    def read(self) -> Draft:
        """Return everything that the API has."""
        with self._threads:
            try:
                self._read()
            except BaseException:
                self._threads.shutdown(cancel_futures=True)
                raise
        return self.draft

    def _read(self) -> None:
        runs = list(all_rows(self._list_runs, self._limit, rest_row.run_key))
        self.draft.runs = RawRuns.of(rest_row.run(at, row) for at, row in enumerate(runs))
        ids = {rest_row.run_key(row): at for at, row in enumerate(runs)}
        retried = self._take_current(runs, ids)
        self._take_earlier(retried, ids)
        limited = self._take_dags()
        self._take_graphs()
        self.draft.pools = [
            PoolRow(row["name"], row["slots"], row["include_deferred"]) for row in listed_pools(self._session)
        ]
        self.draft.heartbeat = self._heartbeat()
        self.draft.notes += _notes(limited)

    def _list_runs(self, offset: int, limit: int) -> list[Row]:
        wanted = body(
            "DAGRunsBatchBody", dag_ids=self._dags, run_after_gte=self._window.since,
            page_limit=limit, page_offset=offset, order_by="id",
        )  # fmt: skip
        return self._session.rows("dag_runs", "DagRunApi", "get_list_dag_runs_batch", "~", wanted)

    def _list_tries(self, span: _Span, offset: int, limit: int) -> list[Row]:
        wanted = body(
            "TaskInstancesBatchBody", dag_ids=self._dags, run_after_gte=span.first, run_after_lte=span.last,
            page_limit=limit, page_offset=offset, order_by="id",
        )  # fmt: skip
        return self._session.rows(TRIES, "TaskInstanceApi", "get_task_instances_batch", "~", "~", wanted)

    def _of_span(self, span: _Span) -> list[Row]:
        newest: dict[tuple[str, ...], Row] = {}
        for row in all_rows(partial(self._list_tries, span), self._limit, lambda row: row["id"]):
            key = rest_row.key(row)
            # A retry while pages were read shows one task instance twice, with its old id and its new one.
            if key not in newest or row["try_number"] >= newest[key]["try_number"]:
                newest[key] = row
        return list(newest.values())

    def _take_current(self, runs: Sequence[Row], ids: dict[tuple[str, str], int]) -> list[Row]:
        """Read the newest try of every task instance; return those that have earlier ones."""
        spans = list(_spans(runs))
        parts, retried, count, done = [], list[Row](), 0, 0
        for span, rows in zip(spans, self._threads.map(self._of_span, spans), strict=True):
            rows = [row for row in rows if rest_row.run_key(row) in ids]  # noqa: PLW2901 - runs of since then
            parts.append(rest_row.tries(rows, ids, self.draft))
            retried += [rest_row.slim(row) for row in rows if rest_row.was_tried_before(row)]
            count, done = count + len(rows), done + span.runs
            self._told(count, done, len(runs))
        self.draft.current = [RawTries.gathered(parts)]
        return retried

    def _take_earlier(self, retried: list[Row], ids: dict[tuple[str, str], int]) -> None:
        newest = sorted(retried, key=lambda row: str(row["start_date"] or "~"), reverse=True)[:MOST_RETRIED]
        found = self._threads.map(self._earlier, newest)
        parts = [rest_row.tries(rows, ids, self.draft) for rows in found]
        self.draft.earlier = [RawTries.gathered(parts)]
        left = len(retried) - len(newest)
        if left:
            self.draft.notes.append(
                f"by REST the earlier tries of the {MOST_RETRIED} newest retried task instances were read,"
                f" those of {left} others were not"
            )

    def _earlier(self, row: Row) -> list[Row]:
        asked = (row["dag_id"], row["dag_run_id"], row["task_id"])
        if row["map_index"] < 0:
            found = self._session.rows(TRIES, "TaskInstanceApi", "get_task_instance_tries", *asked)
        else:
            method = "get_mapped_task_instance_tries"
            found = self._session.rows(TRIES, "TaskInstanceApi", method, *asked, row["map_index"])
        return rest_row.before(row, found)

    def _take_dags(self) -> list[str]:
        """Read the DAGs; return the names of those that limit the task instances of a task."""
        wanted = set(self.draft.runs.dag_ids)
        rows = [row for row in listed_dags(self._session) if row["dag_id"] in wanted]
        names = ("dag_id", "max_active_tasks", "max_active_runs", "is_paused", "last_parse_duration")
        self.draft.dags = [DagRow(*(row.get(name) for name in names)) for row in rows]  # type: ignore[arg-type]
        return [row["dag_id"] for row in rows if row.get("has_task_concurrency_limits")]

    def _take_graphs(self) -> None:
        names = sorted(set(self.draft.runs.dag_ids))
        self.draft.graphs = dict(zip(names, self._threads.map(self._graph, names), strict=True))

    def _graph(self, dag: str) -> tuple[GraphTask, ...] | None:
        found = self._session.rows("tasks", "TaskApi", "get_tasks", dag)
        return tuple(map(rest_row.task, found)) or None

    def _heartbeat(self) -> np.datetime64:
        health = self._session.ask("MonitorApi", "get_health") or {}
        beat = (health.get("scheduler") or {}).get("latest_scheduler_heartbeat")
        found: np.datetime64 = moments([rest_row.moment(beat)])[0] if beat else NAT
        return found


def _spans(runs: Sequence[Row]) -> Iterator[_Span]:
    """Cut the DAG runs by when they were due: runs due at the same moment stay together."""
    due = sorted(datetime.fromisoformat(rest_row.with_offset(row["run_after"])) for row in runs)
    at = 0
    while at < len(due):
        last = due[min(at + RUNS_AT_A_TIME, len(due)) - 1]
        stop = next((i for i in range(at, len(due)) if due[i] > last), len(due))
        yield _Span(due[at], last, stop - at)
        at = stop


def _notes(limited: Sequence[str]) -> list[str]:
    notes = [
        "the REST API does not tell when a poke of a rescheduled sensor was due",
        (
            "the REST API does not tell the executor, its parallelism and the schedulers: what the settings"
            " and the deployment here say is taken for the server's"
        ),
    ]
    if limited:
        shown = ", ".join(sorted(limited)[:5]) + (", ..." if len(limited) > 5 else "")  # noqa: PLR2004
        notes.append(
            f"the REST API does not tell max_active_tis_per_dag and max_active_tis_per_dagrun, which {shown}"
            " set: what they hold is told as the scheduler's"
        )
    return notes


def read_rest(session: Session, window: Window | None = None, told: Told | None = None) -> History:
    """Return the history of `window` (all by default) from the API server behind `session`.

    Several requests are in flight at a time. `told` is told of the progress. Raises SourceError where the
    server refuses or stays away; its notes say what it could not give.
    """
    reading = _Reading(session, window or Window(), told or (lambda *_: None))
    return assemble(reading.read())
