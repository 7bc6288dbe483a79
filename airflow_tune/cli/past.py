"""Reading the past that flags name: the part of a metadata DB or API server, or a snapshot of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_tune.errors import SourceError, UsageError
from airflow_tune.units import parse_duration

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.lessons import Lessons
    from airflow_tune.diagnose.past.verdict import Verdict
    from airflow_tune.diagnose.waits.machinery import Machinery
    from airflow_tune.installation.model import Installation
    from airflow_tune.installation.past import Past
    from airflow_tune.installation.sources import Sources

SINCE = "14d"


def check_sources(sources: Sources) -> None:
    """Raise UsageError where two flags name one thing, or --since or --logs has nothing to be read beside."""
    if sources.api is not None and sources.db is not None:
        raise UsageError("--db and --api both tell of the same installation", remedy="give one of them")
    if sources.logs is not None and not sources.live and sources.snapshot is None:
        raise UsageError(
            "--logs says where the task logs of a history are",
            where=f"--logs {sources.logs}",
            remedy="give it with --db, --api or --snapshot",
        )
    if sources.since is not None and (not sources.live or sources.snapshot is not None):
        raise UsageError(
            "--since chooses how much of a metadata DB is read",
            where=f"--since {sources.since}",
            remedy="give it with --db or --api; a snapshot holds what it was written with",
        )


def _log_folder(installation: Installation, sources: Sources) -> Path | None:
    """Return the folder of task logs that --logs names, else beside a DB the settings' where it is there.

    Raises UsageError where --logs names none.
    """
    if sources.logs is not None:
        if not sources.logs.is_dir():
            where = f"--logs {sources.logs}"
            raise UsageError("there is no such folder of task logs", where=where, remedy="check the path")
        return sources.logs
    if sources.snapshot is not None:
        return None
    named = installation.settings.text("logging", "base_log_folder")
    folder = Path(named) if named else None
    return folder if folder is not None and folder.is_dir() else None


def read_with_logs(installation: Installation, sources: Sources) -> Past:
    """Return the past as `read` does, with what task logs say of its failures."""
    from airflow_tune.installation.past import past_with_logs

    folder = _log_folder(installation, sources)
    past = read(installation, sources)
    return past if folder is None else past_with_logs(past, folder)


def read(installation: Installation, sources: Sources) -> Past:
    """Return the past that the flags name, the snapshot's where a DB is given too.

    Raises UsageError where they name none, SourceError where it cannot be read.
    """
    if sources.snapshot is not None:
        from airflow_tune.installation.past import past_of_snapshot

        return past_of_snapshot(sources.snapshot)
    if not sources.live:
        raise UsageError(
            "no history is named", remedy="give --db URL, --db cfg, --api URL or --snapshot FILE"
        )
    from datetime import datetime, timezone

    from airflow_tune.installation.past import read_past, read_past_of_api
    from airflow_tune.installation.read import database_url

    seconds, now = parse_duration(sources.since or SINCE, where="--since"), datetime.now(timezone.utc)
    if sources.api is not None:
        from airflow_tune.cli.progress import progress

        with progress() as told:
            return read_past_of_api(sources.api, seconds, now, told)
    return read_past(database_url(sources.db or "", installation.settings), seconds, now)


def lessons(installation: Installation, sources: Sources) -> tuple[Installation, Lessons | None]:
    """Return what the past that the flags name teaches, if any, and the installation with notes on it."""
    installation, found = judged(installation, sources)
    if found is None:
        return installation, None
    from airflow_tune.diagnose.past.lessons import learn

    past, machinery, said = found
    return installation, learn(past.history, machinery, said)


def judged(
    installation: Installation, sources: Sources
) -> tuple[Installation, tuple[Past, Machinery, Verdict] | None]:
    """Return the past that the flags name, what ran it, the verdict on it, and the installation with notes.

    None where they name none. A metadata DB without a history gives a note; a snapshot or server that
    cannot be read raises SourceError.
    """
    if not sources.live and sources.snapshot is None:
        return installation, None
    from airflow_tune.diagnose.past.verdict import judge
    from airflow_tune.diagnose.waits.installed import machinery_of

    try:
        past = read_with_logs(installation, sources)
    except SourceError as error:
        if sources.db is None or sources.snapshot is not None:
            raise
        return _noted(installation, f"the history could not be read: {error.tried}"), None
    machinery = machinery_of(installation, past)
    found = judge(past, machinery)
    if not found.task_instances:
        installation = _noted(installation, "the history holds no task instance (--since reaches further)")
    return installation, (past, machinery, found)


def _noted(installation: Installation, note: str) -> Installation:
    return replace(installation, notes=(*installation.notes, note))


def with_xcoms(past: Past, installation: Installation, sources: Sources) -> Past:
    """Return `past` with the sizes of what tasks pushed, which a metadata DB alone tells."""
    from airflow_tune.installation.past import past_with_xcoms
    from airflow_tune.installation.read import database_url

    if sources.db is None:
        return past
    return past_with_xcoms(past, database_url(sources.db, installation.settings))
