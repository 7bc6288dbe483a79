"""The scheduler's own words on failed tries, from the event log by REST: the same that `events` reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from airflow_tune.api.paging import Row, all_rows
from airflow_tune.api.session import Session
from airflow_tune.history.events import EVENTS, Event


def read_rest_events(session: Session, since: datetime | None) -> list[Event]:
    """Return the events at or after `since` (None for all); raises SourceError where the user may not."""
    return [_event(row) for row in _rows(session, since) if row["task_id"] is not None]


def _rows(session: Session, since: datetime | None) -> Iterator[Row]:
    for event in sorted(EVENTS):
        fetch = partial(_fetch, session, since, event)
        yield from all_rows(fetch, session.access.page_limit, lambda row: row["event_log_id"])


def _fetch(session: Session, since: datetime | None, event: str, offset: int, limit: int) -> list[Row]:
    return session.rows(
        "event_logs", "EventLogApi", "get_event_logs", event=event, after=since, limit=limit, offset=offset
    )


def _event(row: Row) -> Event:
    return Event(*(row[name] for name in Event._fields))
