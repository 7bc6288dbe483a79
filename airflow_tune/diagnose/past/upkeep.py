"""Whether the metadata DB is looked after: old rows, tables that no vacuum visits, connections in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.past.priced import About, Priced, Rule
from airflow_tune.findings import Layer, Severity
from airflow_tune.history.column import MICROSECONDS
from airflow_tune.metadata.upkeep import TableUpkeep, Upkeep
from airflow_tune.units import format_duration, format_share
from airflow_tune.versions import AirflowVersion

GROWN = Rule("AFH11", "metadata-db-grows", Layer.INFRASTRUCTURE, "metadata_db")
UNTENDED = Rule("AFH12", "metadata-db-not-vacuumed", Layer.INFRASTRUCTURE, "metadata_db")
CROWDED = Rule("AFH13", "connections-run-out", Layer.INFRASTRUCTURE, "metadata_db")
KEPT_DAYS = 90
"""Older rows are rarely looked at, and the scheduler's queries pass over them all the same."""
MANY_ROWS = 100_000
"""Smaller tables are read in milliseconds whatever state they are in."""
DEAD_SHARE = 0.2
"""PostgreSQL's own autovacuum_vacuum_scale_factor: beyond this share it means to have cleaned up."""
CROWDED_SHARE = 0.8
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class MetadataDb:
    """The state of the metadata DB, and the command that removes what is older than KEPT_DAYS.

    `old_rows` are the tables that hold such rows, `oldest_row_s` the age of the first one's oldest.
    `clean_command` is empty where nothing is; it is for the user to run, after a backup.
    `connections_share` is the used ones of those that may be had (0..1), None where not limited.
    """

    upkeep: Upkeep
    old_rows: tuple[str, ...]
    oldest_row_s: float | None
    untended: tuple[str, ...]
    connections_share: float | None
    clean_command: str


def _age_s(time: str | None, now: np.datetime64) -> float:
    """Return how long before `now` (UTC) `time` was, in seconds; 0 where it is not known."""
    if time is None or np.isnat(now):
        return 0.0
    return float((now - np.datetime64(time.removesuffix("Z"), "us")).astype(np.int64)) / MICROSECONDS


def _is_untended(one: TableUpkeep) -> bool:
    rows, dead = one.rows or 0, one.dead_rows or 0
    if rows + dead < MANY_ROWS:
        return False
    return one.analyzed is None or dead > DEAD_SHARE * (rows + dead)


def judge_upkeep(upkeep: Upkeep, version: AirflowVersion, now: np.datetime64) -> MetadataDb:
    """Return what `upkeep` says at `now` (UTC) of the metadata DB of Airflow `version`."""
    ages = {one.name: _age_s(one.oldest, now) for one in upkeep.tables}
    many = [one.name for one in upkeep.tables if (one.rows or 0) >= MANY_ROWS]
    old = tuple(name for name in many if ages[name] > KEPT_DAYS * _DAY_S)
    untended = [one.name for one in upkeep.tables if upkeep.keeps_account and _is_untended(one)]
    server = upkeep.connections
    share = server.used / server.usable if server and server.usable else None
    worst = ages[old[0]] if old else None
    return MetadataDb(upkeep, old, worst, tuple(untended), share, _command(old, version, now))


def _command(old: tuple[str, ...], version: AirflowVersion, now: np.datetime64) -> str:
    if not old or np.isnat(now):
        return ""
    day = now.astype("datetime64[D]") - np.timedelta64(KEPT_DAYS, "D")
    # What hangs on a DAG run goes with it: db clean orders the tables itself.
    batches = " --batch-size 10000" if version.cleans_in_batches else ""
    return f"airflow db clean --clean-before-timestamp {day}{batches} --dry-run"


def upkeep_findings(found: MetadataDb | None) -> Iterator[Priced]:
    """Yield what is to be done about the metadata DB; it saves no waiting that could be counted."""
    if found is None:
        return
    tables = {one.name: one for one in found.upkeep.tables}
    if found.old_rows:
        worst = tables[found.old_rows[0]]
        yield GROWN.found(
            f"{worst.name} holds some {worst.rows:,} rows, the oldest"
            f" {format_duration(found.oldest_row_s or 0.0)} old",
            f"back it up, then run `{found.clean_command}` and, once that looks right, without --dry-run",
            saved_s=0.0,
            shown=[("rows", f"{worst.rows}", "the server's estimate")],
            about=About("metadata_db", worst.name, found.old_rows),
        )
    if found.untended:
        worst = tables[found.untended[0]]
        yield UNTENDED.found(
            f"{worst.name}: {worst.dead_rows or 0:,} dead rows beside {worst.rows or 0:,}, "
            + ("never analyzed" if worst.analyzed is None else "vacuum does not keep up"),
            f"let autovacuum run, or run VACUUM (ANALYZE) {worst.name} once",
            saved_s=0.0,
            shown=[("dead rows", f"{worst.dead_rows}", "pg_stat_user_tables.n_dead_tup")],
            about=About("metadata_db", worst.name, found.untended),
            severity=Severity.WARN,
        )
    yield from _crowded(found)


def _crowded(found: MetadataDb) -> Iterator[Priced]:
    server, share = found.upkeep.connections, found.connections_share
    if server is None or share is None or share < CROWDED_SHARE:
        return
    yield CROWDED.found(
        f"{server.used} of {server.usable} connections to the metadata DB are in use ({format_share(share)})",
        "put PgBouncer before it, lower database.sql_alchemy_pool_size, or raise the server's limit",
        saved_s=0.0,
        shown=[("connections", f"{server.used}", f"{server.used} / {server.usable}")],
        severity=Severity.WARN,
    )
