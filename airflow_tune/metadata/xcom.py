"""How large the values are that tasks pushed lately: their sizes, never the values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import column, desc, func, inspect, select, table
from sqlalchemy.engine import Connection

from airflow_tune.metadata.model import XComSize

Sizes: TypeAlias = Mapping[tuple[str, str], XComSize]
"""Sizes by DAG and task."""
NEWEST = 100_000
"""Values that are looked at, the newest by primary key: a large table takes no longer than another."""


def read_xcom_sizes(connection: Connection) -> dict[tuple[str, str], XComSize]:
    """Return the sizes by DAG and task; none where the DB has no such table."""
    if not inspect(connection).has_table("xcom"):
        return {}
    newest = (
        select(column("dag_id"), column("task_id"), _bytes(connection).label("bytes"))
        .select_from(table("xcom"))
        .order_by(desc(column("dag_run_id")))
        .limit(NEWEST)
        .subquery()
    )
    size: Any = newest.c.bytes
    query: Any = select(newest.c.dag_id, newest.c.task_id, func.count(), func.max(size), func.sum(size))
    rows: Any = connection.execute(query.group_by(newest.c.dag_id, newest.c.task_id))
    return {
        (str(dag), str(task)): XComSize(int(count), int(largest or 0), float(whole or 0) / int(count))
        for dag, task, count, largest, whole in rows
    }


def _bytes(connection: Connection) -> Any:  # noqa: ANN401 - a function's type differs between SQLAlchemy 1.4 and 2
    """Return the size of a value as it is stored; PostgreSQL tells it without reading the value."""
    postgres = connection.dialect.name == "postgresql"
    return func.pg_column_size(column("value")) if postgres else func.length(column("value"))


def xcoms_json(sizes: Sizes) -> list[list[str | float]]:
    """Return sizes as a list of DAG, task, values, largest and mean bytes."""
    return [[*task, *size] for task, size in sorted(sizes.items())]


def kept_xcoms(kept: Any) -> dict[tuple[str, str], XComSize]:  # noqa: ANN401 - whatever stood in a file
    """Return the sizes that xcoms_json made; none where `kept` is something else."""
    try:
        return {
            (str(dag), str(task)): XComSize(int(n), int(most), float(mean))
            for dag, task, n, most, mean in kept
        }
    except (TypeError, ValueError):
        return {}
