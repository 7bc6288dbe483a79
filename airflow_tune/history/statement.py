"""The queries: explicit columns, indexed access paths only, one spelling for SQLAlchemy 1.4 and 2.

Task instances are reached from DAG runs by (dag_id, run_id), which is indexed in every version; DAG
runs by `run_after` (3.x), by their serial id (2.x) or by `dag_id`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, TypeAlias

import sqlalchemy as sa

from airflow_tune.history.schema import Schema

Select: TypeAlias = "sa.sql.Select[Any]"

KIND = ("dag_id", "task_id", "pool", "queue", "operator", "executor")
"""What task instances of one task share; few combinations, so that they are sent once."""
TIMES = ("scheduled_dttm", "queued_dttm", "start_date", "end_date")
NUMBERS = ("map_index", "try_number", "pool_slots", "priority_weight")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The window as conditions on dag_run: `since` in 3.x, `first_id` in 2.x, and DAGs."""

    since: datetime | None
    first_id: int | None
    dags: tuple[str, ...]


def table(schema: Schema, name: str) -> sa.sql.TableClause:
    """Return `name` with the columns that were probed."""
    return sa.table(name, *(sa.column(column) for column in sorted(schema.columns[name])))


def moment(time: datetime, dialect: str) -> sa.sql.ColumnElement[Any]:
    """Return `time` (aware) as `dialect` compares it."""
    utc = time.astimezone(timezone.utc)
    if dialect == "postgresql":
        # As text, so that COPY, which takes no parameters, can spell it too.
        return sa.cast(sa.literal(utc.isoformat()), sa.DateTime(timezone=True))
    naive = utc.replace(tzinfo=None)
    # SQLite keeps times as text; this is how Airflow's ORM spells them.
    return sa.literal(naive.isoformat(sep=" ", timespec="microseconds") if dialect == "sqlite" else naive)


def conditions(run: sa.sql.TableClause, bounds: Bounds, dialect: str) -> list[sa.sql.ColumnElement[bool]]:
    """Return the conditions on `run` (dag_run) that `bounds` stands for."""
    found: list[sa.sql.ColumnElement[bool]] = []
    if bounds.since is not None:
        found.append(run.c.run_after >= moment(bounds.since, dialect))
    if bounds.first_id is not None:
        found.append(run.c.id >= bounds.first_id)
    if bounds.dags:
        found.append(run.c.dag_id.in_(bounds.dags))
    return found


def optional(source: sa.sql.TableClause, name: str) -> sa.sql.ColumnElement[Any]:
    """Return the column `name` of `source`, or NULL under that name where it has none."""
    return source.c[name] if name in source.c else sa.null().label(name)


def due(schema: Schema, run: sa.sql.TableClause) -> sa.sql.ColumnElement[Any]:
    """Return when each of `run` (dag_run) was meant to start."""
    return run.c.run_after if schema.has_run_after else run.c.execution_date


def dag_runs(schema: Schema, bounds: Bounds, dialect: str) -> Select:
    """Return the query for DAG runs, row by row."""
    run = table(schema, "dag_run")
    names = ("id", "dag_id", "run_id", "state", "run_type")
    times = [due(schema, run), run.c.queued_at, run.c.start_date, run.c.end_date]
    chosen = [*(run.c[name] for name in names), *times, optional(run, "backfill_id")]
    return sa.select(*chosen).where(*conditions(run, bounds, dialect))


def newest_runs(schema: Schema) -> Select:
    """Return the query that walks DAG runs of 2.x from the newest down its primary key."""
    run = table(schema, "dag_run")
    moment = sa.func.coalesce(run.c.start_date, run.c.queued_at, run.c.execution_date)
    return sa.select(run.c.id, moment.label("moment")).order_by(run.c.id.desc())


def tries_from(schema: Schema, name: str, bounds: Bounds, dialect: str) -> tuple[Any, Any, Any]:
    """Return `name` (task_instance or its history), dag_run, and the join of both within `bounds`."""
    run, source = table(schema, "dag_run"), table(schema, name)
    on = sa.and_(source.c.dag_id == run.c.dag_id, source.c.run_id == run.c.run_id)
    return source, run, (source.join(run, on), conditions(run, bounds, dialect))


def tries(schema: Schema, name: str, bounds: Bounds, dialect: str) -> Select:
    """Return the query for the tries that `name` holds, row by row."""
    source, run, (joined, where) = tries_from(schema, name, bounds, dialect)
    names = (*KIND, *NUMBERS, "state", "hostname", *TIMES)
    chosen = [run.c.id.label("run_pk"), *(optional(source, column) for column in names)]
    return sa.select(*chosen).select_from(joined).where(*where)


def reschedules(schema: Schema, bounds: Bounds, dialect: str) -> Select:
    """Return the query for the newest `reschedule_date` of each rescheduled task instance.

    Of the table's times only this one can be trusted in 3.x, where the others are stamped late.
    """
    late = table(schema, "task_reschedule")
    task, run, (joined, where) = tries_from(schema, "task_instance", bounds, dialect)
    if "ti_id" in late.c:
        joined = joined.join(late, late.c.ti_id == task.c.id)
    else:
        same = [late.c[name] == task.c[name] for name in ("dag_id", "task_id", "run_id", "map_index")]
        joined = joined.join(late, sa.and_(*same))
    key = (run.c.id, task.c.dag_id, task.c.task_id, task.c.map_index)
    due = sa.func.max(late.c.reschedule_date).label("due")
    return sa.select(*key, due).select_from(joined).where(*where).group_by(*key)


def serialized_dags(schema: Schema, dag_ids: list[str]) -> Select:
    """Return the query for serialized DAGs, oldest version first, so that the newest is read last."""
    row = table(schema, "serialized_dag")
    chosen = [row.c.dag_id, row.c.data, optional(row, "data_compressed")]
    statement = sa.select(*chosen).where(row.c.dag_id.in_(dag_ids))
    if not schema.has("serialized_dag", "dag_version_id"):
        return statement
    version = table(schema, "dag_version")
    newest = (
        sa.select(version.c.dag_id, sa.func.max(version.c.version_number).label("number"))
        .where(version.c.dag_id.in_(dag_ids))
        .group_by(version.c.dag_id)
        .subquery()
    )
    same = sa.and_(version.c.dag_id == newest.c.dag_id, version.c.version_number == newest.c.number)
    joined = row.join(version, row.c.dag_version_id == version.c.id).join(newest, same)
    return sa.select(*chosen).select_from(joined)


def dags(schema: Schema, names: tuple[str, ...]) -> Select:
    """Return the query for the limits of the DAGs `names` (empty for all)."""
    dag = table(schema, "dag")
    chosen = [dag.c[name] for name in ("dag_id", "max_active_tasks", "max_active_runs", "is_paused")]
    statement = sa.select(*chosen, optional(dag, "last_parse_duration"))
    return statement.where(dag.c.dag_id.in_(names)) if names else statement


def pools(schema: Schema) -> Select:
    """Return the query for all pools."""
    pool = table(schema, "slot_pool")
    return sa.select(pool.c.pool, pool.c.slots, optional(pool, "include_deferred")).order_by(pool.c.pool)


def newest_heartbeat(schema: Schema) -> Select:
    """Return the query for a scheduler's newest sign of life."""
    job = table(schema, "job")
    return sa.select(sa.func.max(job.c.latest_heartbeat)).where(job.c.job_type == "SchedulerJob")
