"""The same history gives the same findings from SQLite, PostgreSQL, MariaDB, a snapshot, and by REST."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from airflow_tune.diagnose.past.verdict import judge
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.past import past_of_snapshot, read_past, read_past_of_api, write_past
from airflow_tune.report.past import past_json
from airflow_tune.versions import AirflowVersion

HISTORIES = Path(__file__).parents[1] / "fixtures" / "histories"
KNOWN = json.loads((HISTORIES / "experiments.json").read_text())
NOW, ALL_S = dt.datetime(2026, 12, 1, tzinfo=dt.timezone.utc), 365 * 86400.0
NAMES = [name for name in KNOWN if name.startswith("E")]


def machinery(name):
    one = KNOWN[name]
    slots = one["worker_slots"]
    return Machinery(AirflowVersion("3.3.2"), ExecutorKind(one["executor"]), one["parallelism"], 1, slots)


def told(past, name):
    """Return what a report says of `past`, but for its source and the state of the DB itself."""
    found = past_json(judge(past, machinery(name)))
    for source in ("source", "notes", "metadata_db"):
        found.pop(source, None)
    found["findings"] = [
        {key: text for key, text in one.items() if key != "origin"}
        for one in found["findings"]
        if one["layer"] != "infrastructure" or "database" not in one["name"]
    ]
    return unordered(found)


def unordered(value):
    """Return JSON with every list sorted: what is equal stands in the order in which it was met."""
    if isinstance(value, dict):
        return {key: unordered(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted(map(unordered, value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("histories")


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def by_sqlite(name, folder):
    path = folder / f"{name}.sqlite"
    if not path.exists():
        shutil.copy(HISTORIES / name / "metadata.sqlite", path)
    return read_past(f"sqlite:///{path}", ALL_S, NOW)


def copied(path, url):
    """Copy every table of the SQLite file at `path` into the empty database at `url`."""
    source, target = sa.create_engine(f"sqlite:///{path}"), sa.create_engine(url)
    old_tables, tables = sa.MetaData(), sa.MetaData()
    old_tables.reflect(source, resolve_fks=False)
    for old in old_tables.tables.values():
        columns = (sa.Column(one.name, _type(one.type, target.dialect.name)) for one in old.columns)
        sa.Table(old.name, tables, *columns)
    tables.create_all(target)
    with source.connect() as old, target.begin() as new:
        for name, table in tables.tables.items():
            read = old.execute(sa.select(old_tables.tables[name])).mappings()
            rows = [_row(row, target.dialect.name) for row in read]
            if rows:
                new.execute(table.insert(), rows)
    source.dispose()
    target.dispose()


def _type(kind, dialect):
    generic = kind.as_generic()
    if isinstance(generic, sa.DateTime):
        # MySQL's own DATETIME drops microseconds unless told not to.
        return sa.dialects.mysql.DATETIME(fsp=6) if dialect == "mysql" else sa.DateTime(timezone=True)
    if isinstance(generic, sa.Float):
        return sa.Float(53)
    if isinstance(generic, sa.String):
        return sa.String(250) if getattr(generic, "length", None) else sa.Text()
    return generic


def _row(row, dialect):
    aware = dt.timezone.utc if dialect == "postgresql" else None
    return {
        key: value.replace(tzinfo=aware) if isinstance(value, dt.datetime) else value
        for key, value in row.items()
    }


def test_a_snapshot_gives_the_same(name, by_sqlite, tmp_path):
    write_past(by_sqlite, tmp_path / "s.zip", {})
    assert told(past_of_snapshot(tmp_path / "s.zip"), name) == told(by_sqlite, name)


def test_postgresql_gives_the_same(name, by_sqlite, folder, postgres_url):
    url = postgres_url.replace("/airflow?", "/other?")
    admin = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
    with admin.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name.lower()}")
    admin.dispose()
    url = f"{url}&options=-csearch_path%3D{name.lower()}"
    copied(folder / f"{name}.sqlite", url.replace("postgresql://", "postgresql+psycopg2://"))
    assert told(read_past(url, ALL_S, NOW), name) == told(by_sqlite, name)


def test_mariadb_gives_the_same(name, by_sqlite, folder, mariadb):
    root = f"mysql+pymysql://root@localhost/?{mariadb}"
    engine = sa.create_engine(root)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    url = root.replace("/?", f"/{name}?")
    copied(folder / f"{name}.sqlite", url)
    assert told(read_past(url, ALL_S, NOW), name) == told(by_sqlite, name)


def test_rest_gives_the_same_but_for_what_it_cannot_know(name, by_sqlite, stand_in):
    from airflow_tune.api.access import Access  # noqa: PLC0415 - an extra

    server = stand_in(name)
    history = by_sqlite.history
    none = np.full_like(history.tasks.max_active_tis_per_dag, -1)
    unknown = replace(
        by_sqlite,
        history=replace(
            history,
            tasks=replace(history.tasks, max_active_tis_per_dag=none, max_active_tis_per_dagrun=none),
            tries=replace(history.tries, rescheduled=np.full_like(history.tries.rescheduled, "NaT")),
        ),
        upkeep=None,
    )
    found = read_past_of_api(Access(server.url, token="t-0", page_limit=50), ALL_S, NOW)
    assert len(found.history.notes) >= 1
    assert told(found, name) == told(unknown, name)
