"""How big a metadata DB has grown and whether it is looked after: from statistics, never by counting rows.

Row counts are the server's own estimates; the oldest row is found through a primary key. Nothing here
takes longer on a large database than on a small one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import bindparam, column, func, inspect, literal_column, select, table, text
from sqlalchemy.engine import Connection

from airflow_tune.metadata.model import ServerConnections
from airflow_tune.metadata.server import read_connections

GROWING = (
    "log", "task_instance", "task_instance_history", "dag_run", "xcom", "job", "task_reschedule", "task_fail",
    "rendered_task_instance_fields", "sla_miss", "callback", "callback_request", "import_error",
    "dag_version", "serialized_dag", "asset_event", "dataset_event", "trigger", "session",
    "celery_taskmeta", "celery_tasksetmeta", "deadline",
)  # fmt: skip
"""The tables that grow with what Airflow does; most of them are what `airflow db clean` cleans."""
_OLDEST = {
    "log": ("id", "dttm"),
    "dag_run": ("id", "start_date"),
    "job": ("id", "latest_heartbeat"),
    "xcom": ("dag_run_id", "timestamp"),
    "celery_taskmeta": ("id", "date_done"),
}
"""Table → the first column of its primary key, which rises with time, and its time."""

_POSTGRES = text(
    """
    SELECT c.relname AS name,
           CASE WHEN c.reltuples < 0 THEN s.n_live_tup ELSE c.reltuples END AS rows,
           pg_total_relation_size(c.oid) AS bytes,
           s.n_dead_tup AS dead,
           greatest(s.last_vacuum, s.last_autovacuum) AS vacuumed,
           greatest(s.last_analyze, s.last_autoanalyze) AS analyzed
    FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
    WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND c.relname IN :names
    """
).bindparams(bindparam("names", expanding=True))
_MYSQL = text(
    """
    SELECT table_name AS name, table_rows AS rows_, data_length + index_length AS bytes
    FROM information_schema.tables WHERE table_schema = database() AND table_name IN :names
    """
).bindparams(bindparam("names", expanding=True))


@dataclass(frozen=True, slots=True)
class TableUpkeep:
    """One table: `rows` as estimated, None where nothing is known; `dead_rows` wait for a vacuum.

    The other fields are times in UTC, ISO 8601; vacuum and analyze are PostgreSQL's, None where they never
    ran or the server keeps no account. `oldest` is the time of the first row by primary key.
    """

    name: str
    rows: int | None
    size_bytes: int | None = None
    dead_rows: int | None = None
    vacuumed: str | None = None
    analyzed: str | None = None
    oldest: str | None = None


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The growing tables of one metadata DB, the largest first, and its server's connections.

    `keeps_account` tells whether the server says when tables were vacuumed and analyzed.
    """

    dialect: str
    keeps_account: bool
    tables: tuple[TableUpkeep, ...]
    connections: ServerConnections | None


def read_upkeep(connection: Connection) -> Upkeep:
    """Return the state of the DB behind `connection`."""
    present = set(inspect(connection).get_table_names())
    names = [name for name in GROWING if name in present]
    dialect = connection.dialect.name
    read = {"postgresql": _postgres, "mysql": _mysql}.get(dialect, _sqlite)
    found = read(connection, names, {name: _oldest(connection, name) for name in names})
    ordered = tuple(sorted(found, key=lambda one: -(one.rows or 0)))
    return Upkeep(dialect, dialect == "postgresql", ordered, read_connections(connection))


def _oldest(connection: Connection, name: str) -> str | None:
    if name not in _OLDEST:
        return None
    key, time = _OLDEST[name]
    columns = {one["name"] for one in inspect(connection).get_columns(name)}
    if not columns >= {key, time}:
        return None
    query: Any = select(column(time)).select_from(table(name)).order_by(column(key)).limit(1)
    return _moment(connection.execute(query).scalar())


def _moment(value: Any) -> str | None:  # noqa: ANN401 - what a driver gives
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(found, datetime):
        return None
    utc = found.astimezone(timezone.utc) if found.tzinfo else found
    return f"{utc.replace(tzinfo=None).isoformat()}Z"


def _whole(value: Any) -> int | None:  # noqa: ANN401 - what a driver gives
    return None if value is None else int(value)


def _postgres(connection: Connection, names: list[str], oldest: dict[str, str | None]) -> list[TableUpkeep]:
    rows: Any = connection.execute(_POSTGRES, {"names": names or [""]})
    return [
        TableUpkeep(
            row.name,
            _whole(row.rows),
            int(row.bytes),
            _whole(row.dead),
            _moment(row.vacuumed),
            _moment(row.analyzed),
            oldest[row.name],
        )
        for row in rows
    ]


def _mysql(connection: Connection, names: list[str], oldest: dict[str, str | None]) -> list[TableUpkeep]:
    rows: Any = connection.execute(_MYSQL, {"names": names or [""]})
    return [
        TableUpkeep(row.name, _whole(row.rows_), _whole(row.bytes), oldest=oldest[row.name]) for row in rows
    ]


def _sqlite(connection: Connection, names: list[str], oldest: dict[str, str | None]) -> list[TableUpkeep]:
    """Return the greatest row id of each table: what was ever inserted, which deletions do not lower."""

    def rows(name: str) -> int:
        query: Any = select(func.max(literal_column("rowid"))).select_from(table(name))
        return int(connection.execute(query).scalar() or 0)

    return [TableUpkeep(name, rows(name), oldest=oldest[name]) for name in names]


def upkeep_json(upkeep: Upkeep) -> dict[str, Any]:
    """Return what a snapshot keeps of `upkeep`."""
    tables = [{name: getattr(one, name) for name in TableUpkeep.__slots__} for one in upkeep.tables]
    server = upkeep.connections
    connections = {name: getattr(server, name) for name in ServerConnections.__slots__} if server else None
    return {
        "dialect": upkeep.dialect,
        "keeps_account": upkeep.keeps_account,
        "tables": tables,
        "connections": connections,
    }


def kept_upkeep(kept: Any) -> Upkeep | None:  # noqa: ANN401 - whatever stood in a file
    """Return the Upkeep that upkeep_json made; None where `kept` is none."""
    try:
        tables = tuple(TableUpkeep(**one) for one in kept["tables"])
        server = ServerConnections(**kept["connections"]) if kept["connections"] else None
        return Upkeep(str(kept["dialect"]), bool(kept["keeps_account"]), tables, server)
    except (KeyError, TypeError):
        return None
