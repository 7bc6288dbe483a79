"""What Airflow's log table says of failed tries: the scheduler's own words on why it failed them.

Read in `jobs/scheduler_job_runner.py` (2.11.2 and 3.3.2 alike): it writes such an event when a running
task's heartbeat stays away, when the executor reports another state than the metadata DB holds, and when
a queued task instance is given up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import NoSuchTableError

from airflow_tune.history.statement import Select, moment

EVENTS = {
    "heartbeat timeout": "no heartbeat",
    "stuck in queued tries exceeded": "given up in queued",
    "state mismatch": "ended without saying so",
}
"""Event → what it shows; rare all of them, and the table has an index on `event`."""
MOST_EVENTS = 50_000
_EXTRA_CHARACTERS = 500
_NEEDED = {"dttm", "dag_id", "task_id", "run_id", "map_index", "try_number", "event", "extra"}


class Event(NamedTuple):
    """One event of one try; `extra` is the scheduler's explanation, cut to 500 characters."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int | None
    try_number: int | None
    event: str
    extra: str | None


def events_query(since: datetime | None, dialect: str) -> Select:
    """Return the query for the newest MOST_EVENTS events at or after `since` (None for all)."""
    log = sa.table("log", *(sa.column(name) for name in sorted(_NEEDED)))
    names = ("dag_id", "run_id", "task_id", "map_index", "try_number", "event")
    extra: Any = sa.func.substr(log.c.extra, 1, _EXTRA_CHARACTERS)
    query = sa.select(*(log.c[name] for name in names), extra.label("extra"))
    query = query.where(log.c.event.in_(sorted(EVENTS)), log.c.task_id.isnot(None))
    if since is not None:
        query = query.where(log.c.dttm >= moment(since, dialect))
    return query.order_by(log.c.dttm.desc()).limit(MOST_EVENTS)


def read_events(connection: Connection, since: datetime | None) -> list[Event]:
    """Return the events; empty where the table is not there, or (before 2.10) does not name the try."""
    try:
        columns = {one["name"] for one in inspect(connection).get_columns("log")}
    except NoSuchTableError:
        return []
    if not columns >= _NEEDED:
        return []
    rows: Any = connection.execute(events_query(since, connection.dialect.name))
    return [Event._make(row) for row in rows]
