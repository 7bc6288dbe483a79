"""Read the facts of a metadata DB: a handful of queries over small tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, column, distinct, false, func, inspect, select, table, true
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from airflow_tune.errors import SourceError
from airflow_tune.metadata.address import parse_address, shown
from airflow_tune.metadata.connection import open_metadata
from airflow_tune.metadata.model import MetadataFacts, Pool
from airflow_tune.metadata.server import read_connections
from airflow_tune.origins import Origin, OriginKind

_TABLES = ("alembic_version", "slot_pool", "dag")


def read_facts(url: str) -> MetadataFacts:
    """Return the facts of the metadata DB at `url`, as `sql_alchemy_conn` spells it.

    Raises SourceError when it cannot be reached or read, or is not Airflow's; no message holds a
    password.
    """
    where = shown(parse_address(url))
    with open_metadata(url) as connection:
        columns = _columns(connection, where)
        dags = _Dags(connection, columns["dag"])
        return MetadataFacts(
            origin=Origin(OriginKind.DATABASE, where),
            dialect="mariadb"
            if getattr(connection.dialect, "is_mariadb", False)
            else connection.dialect.name,
            revision=_revision(connection),
            pools=_pools(connection, columns["slot_pool"]),
            dag_count=dags.count(),
            unpaused_dag_count=dags.count(dags.unpaused()),
            dag_files=dags.files(),
            parse_s_per_file=dags.parse_s_per_file(),
            connections=read_connections(connection),
        )


def _columns(connection: Connection, where: str) -> dict[str, frozenset[str]]:
    """Return the columns of the tables that are read, which tell versions apart better than revisions."""
    inspector = inspect(connection)
    missing = [name for name in _TABLES if not inspector.has_table(name)]
    if missing:
        raise SourceError(
            f"this database is not Airflow's: it has no table {missing[0]}",
            where=where,
            remedy="check sql_alchemy_conn and the schema; `airflow db migrate` creates the tables",
        )
    return {name: frozenset(one["name"] for one in inspector.get_columns(name)) for name in _TABLES}


def _revision(connection: Connection) -> str | None:

    found = connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()
    return None if found is None else str(found)


def _pools(connection: Connection, known: frozenset[str]) -> tuple[Pool, ...]:
    """Return the pools by name; before Airflow 2.7 none counted deferred task instances."""
    deferred: Any = column("include_deferred") if "include_deferred" in known else false()
    query = select(column("pool"), column("slots"), deferred).select_from(table("slot_pool"))
    rows = connection.execute(query.order_by(column("pool")))
    return tuple(Pool(str(name), int(slots), bool(deferred)) for name, slots, deferred in rows)


class _Dags:
    """Counts over the active rows of table `dag`: `is_active` in 2.x, not `is_stale` in 3.x."""

    def __init__(self, connection: Connection, known: frozenset[str]) -> None:
        self._connection = connection
        self._known = known

    def unpaused(self) -> ColumnElement[bool]:
        return _flag("is_paused", wanted=False)

    def _active(self) -> ColumnElement[bool]:
        if "is_stale" in self._known:
            return _flag("is_stale", wanted=False)
        return _flag("is_active", wanted=True)

    def _scalar(self, query: Any) -> Any:  # noqa: ANN401 - a query's type differs between SQLAlchemy 1.4 and 2
        return self._connection.execute(query).scalar()

    def count(self, *further: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(table("dag")).where(self._active(), *further)
        return int(self._scalar(query))

    def files(self) -> int:
        query = select(func.count(distinct(column("fileloc")))).select_from(table("dag"))
        return int(self._scalar(query.where(self._active())))

    def parse_s_per_file(self) -> float | None:
        """Return the mean over files; each DAG of a file repeats the duration of the whole file."""
        if "last_parse_duration" not in self._known:
            return None
        longest: Any = func.max(column("last_parse_duration")).label("seconds")
        files = select(longest).select_from(table("dag")).where(self._active()).group_by(column("fileloc"))
        mean = self._scalar(select(func.avg(column("seconds"))).select_from(files.subquery()))
        return None if mean is None else float(mean)


def _flag(name: str, *, wanted: bool) -> ColumnElement[bool]:
    flag: ColumnElement[bool] = column(name, Boolean)
    return flag.is_(true() if wanted else false())
