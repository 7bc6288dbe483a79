"""The past of an installation and where it was read: from its metadata DB, or from a snapshot file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from airflow_tune.api.access import Access
from airflow_tune.errors import SourceError
from airflow_tune.history.anonymity import anonymized
from airflow_tune.history.events import read_events
from airflow_tune.history.model import History
from airflow_tune.history.reader import read_history
from airflow_tune.history.snapshot import read_snapshot, write_snapshot
from airflow_tune.history.window import Told, Window
from airflow_tune.installation.failure_trace import with_events, with_logs
from airflow_tune.installation.kept import Renames
from airflow_tune.metadata.address import parse_address, shown
from airflow_tune.metadata.connection import open_metadata
from airflow_tune.metadata.upkeep import Upkeep, kept_upkeep, read_upkeep, upkeep_json
from airflow_tune.metadata.xcom import Sizes, kept_xcoms, read_xcom_sizes, xcoms_json

if TYPE_CHECKING:
    from airflow_tune.api.session import Session

STATEMENT_TIMEOUT_S = 300.0
"""Millions of task instances take longer than the few facts that the installation asks for."""

ALIVE_S = 30
"""Airflow's own bound, `[scheduler] scheduler_health_check_threshold`: a heartbeat comes each 5 s."""


@dataclass(frozen=True, slots=True)
class Past:
    """A history, its `source` (a URL without its password, or a file), and how far back it reaches.

    `since_s` is None where the snapshot's writer did not say. `machinery` is what a snapshot keeps of
    the executor that ran it, as JSON; empty for a metadata DB. `upkeep` is the state of the DB itself,
    `xcoms` the sizes of what tasks pushed, where a snapshot keeps them or is to keep them.
    """

    history: History
    source: str
    since_s: float | None
    machinery: Mapping[str, Any] = field(default_factory=dict)
    upkeep: Upkeep | None = None
    xcoms: Sizes = field(default_factory=dict)


def read_past(url: str, since_s: float, now: datetime) -> Past:
    """Return what happened in the `since_s` seconds before `now` (aware) by the metadata DB at `url`.

    Raises SourceError where the DB cannot be read or cannot give a history.
    """
    with open_metadata(url, statement_timeout_s=STATEMENT_TIMEOUT_S) as connection:
        since = _moment(since_s, now)
        history = read_history(connection, Window(since))
    return _beside(Past(_as_of(history, now), shown(parse_address(url)), since_s), url, since)


def _beside(past: Past, url: str, since: datetime | None) -> Past:
    """Return `past` with what else its DB tells, or with a note where the user may not read that."""
    try:
        with open_metadata(url, statement_timeout_s=STATEMENT_TIMEOUT_S) as connection:
            history = with_events(past.history, read_events(connection, since))
            return replace(past, history=history, upkeep=read_upkeep(connection))
    except SourceError as error:
        note = f"events of the log table and the DB's own state are not known: {error.tried}"
        return replace(past, history=replace(past.history, notes=(*past.history.notes, note)))


def _as_of(history: History, now: datetime) -> History:
    """Return `history` as taken `now` where its scheduler is alive, so that what waits does so until now.

    A DB that nobody writes to any more, such as a copy, stays as of the newest moment that it knows.
    """
    moment = np.datetime64(now.astimezone(timezone.utc).replace(tzinfo=None), "us")
    alive = moment - history.taken_at <= np.timedelta64(ALIVE_S, "s")
    return replace(history, taken_at=max(moment, history.taken_at)) if alive else history


def read_past_of_api(access: Access, since_s: float, now: datetime, told: Told | None = None) -> Past:
    """Return what happened in the `since_s` seconds before `now` (aware) by the API server of `access`.

    `told` is told of the progress. Raises SourceError where the server stays away, refuses, or is none.
    """
    # Imports the extra `api`, which few runs have a use for.
    from airflow_tune.api.session import Session  # noqa: PLC0415
    from airflow_tune.history.rest import read_rest  # noqa: PLC0415

    since = _moment(since_s, now)
    with closing(Session(access)) as session:
        history = read_rest(session, Window(since), told)
        history = _with_rest_events(history, session, since)
    return Past(_as_of(history, now), access.base, since_s)


def _with_rest_events(history: History, session: Session, since: datetime | None) -> History:
    """Return `history` with what the event log says, or with a note where the user may not read that."""
    from airflow_tune.history.rest_events import read_rest_events  # noqa: PLC0415

    try:
        return with_events(history, read_rest_events(session, since))
    except SourceError as error:
        note = f"why the scheduler failed task instances is not known: {error.tried}"
        return replace(history, notes=(*history.notes, note))


def _moment(since_s: float, now: datetime) -> datetime | None:
    """Return the begin of the window; None, which is all there is, where it lies before the calendar."""
    try:
        return now - timedelta(seconds=since_s)
    except OverflowError:
        return None


def past_of_snapshot(path: Path) -> Past:
    """Return the past that `write_past` kept in the file at `path`; raises SourceError as read_snapshot."""
    history, extra = read_snapshot(path)
    since_s, machinery = extra.get("since_s"), extra.get("machinery")
    upkeep, xcoms = kept_upkeep(extra.get("metadata_db")), kept_xcoms(extra.get("xcoms"))
    return Past(history, str(path), since_s, machinery or {}, upkeep, xcoms)


def past_with_xcoms(past: Past, url: str) -> Past:
    """Return `past` with the sizes of what tasks pushed, or with a note where the DB does not tell them."""
    try:
        with open_metadata(url, statement_timeout_s=STATEMENT_TIMEOUT_S) as connection:
            return replace(past, xcoms=read_xcom_sizes(connection))
    except SourceError as error:
        note = f"the sizes of XComs are not known: {error.tried}"
        return replace(past, history=replace(past.history, notes=(*past.history.notes, note)))


def past_with_logs(past: Past, folder: Path) -> Past:
    """Return `past` with what the task logs below `folder` say of its failures."""
    return replace(past, history=with_logs(past.history, folder))


def anonymous(past: Past) -> Past:
    """Return `past` with numbers in place of names; XComs of tasks that no DAG of it has are left out."""
    history = anonymized(past.history)
    renamed = dict(zip(_tasks(past.history), _tasks(history), strict=True))
    xcoms = {renamed[task]: size for task, size in past.xcoms.items() if task in renamed}
    return replace(past, history=history, xcoms=xcoms)


def _tasks(history: History) -> list[tuple[str, str]]:
    names, tasks = history.dags.names, history.tasks
    return [(names[dag], task) for dag, task in zip(tasks.dag, tasks.names, strict=True)]


def renames_of(past: Past) -> Renames:
    """Return what `anonymous` calls the pools and queues of `past`."""
    names, history = past.history, anonymized(past.history)
    return Renames(
        dict(zip(names.pools.names, history.pools.names, strict=True)),
        dict(zip(names.queues, history.queues, strict=True)),
    )


def write_past(
    past: Past, path: Path, machinery: Mapping[str, Any], installation: Mapping[str, Any] | None = None
) -> None:
    """Write `past` to a snapshot at `path`, with the `machinery` that ran it; raises ApplyError.

    `installation` is what `kept_installation` keeps of the settings and the host.

    The source is left out: the name of a database server may be nobody else's business.
    """
    state = upkeep_json(past.upkeep) if past.upkeep else None
    extra = {
        "since_s": past.since_s,
        "machinery": dict(machinery),
        "metadata_db": state,
        "installation": installation,
        "xcoms": xcoms_json(past.xcoms),
    }
    write_snapshot(past.history, path, extra)
