"""The queries whose rows COPY sends for DAG runs and for tries, and what columns are made of these rows.

DAG runs are read first, so that a try finds its run by the two names that both tables have: no join is
asked of the server but where a window needs one.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from airflow_tune.history import statement
from airflow_tune.history.copying import NUMBER, TIME, Column, Layout
from airflow_tune.history.schema import Schema
from airflow_tune.history.statement import KIND, NUMBERS, TIMES, Bounds

Pages: TypeAlias = "tuple[int | None, int | None]"
"""The first page of a part of a table, and the one behind its last; None for the table's own ends."""

RUN, STATE, RUN_TYPE = range(3)
"""The names that the columns of DAG runs are codes of."""

RUN_ROWS = Layout(
    10,
    (
        Column(NUMBER, 0, 0),
        Column(RUN, 1, 2),
        Column(STATE, 3, 3),
        Column(RUN_TYPE, 4, 4),
        *(Column(TIME, at, at) for at in range(5, 9)),
        Column(NUMBER, 9, 9),
    ),
)
"""Fields: id, run_id, dag_id, state, run_type, four times, whether it is of a backfill."""

KIND_OF_TRY, HOST = 2, 3
"""Likewise of tries, with RUN and STATE."""
TRY_ROWS = Layout(
    17,
    (
        # The name of the DAG is one of both keys.
        Column(RUN, 0, 1),
        Column(KIND_OF_TRY, 1, 6),
        Column(HOST, 7, 7),
        *(Column(NUMBER, at, at, absent) for at, absent in zip(range(9, 13), (-1, 0, 1, 1), strict=True)),
        Column(STATE, 8, 8),
        *(Column(TIME, at, at) for at in range(13, 17)),
    ),
)
"""Fields: run_id, those of KIND, hostname, state, those of NUMBERS, those of TIMES."""


# A cast costs the server nothing where the column has the type already, as it has in Airflow's own schema.
def _texts(source: sa.sql.TableClause, *names: str) -> list[sa.sql.ColumnElement[Any]]:
    return [sa.cast(statement.optional(source, name), sa.Text).label(name) for name in names]


def _numbers(*columns: sa.sql.ColumnElement[Any]) -> list[sa.sql.ColumnElement[Any]]:
    return [sa.cast(column, sa.Integer) for column in columns]


def _times(*columns: sa.sql.ColumnElement[Any]) -> list[sa.sql.ColumnElement[Any]]:
    return [sa.cast(column, sa.DateTime(timezone=True)) for column in columns]


def runs_query(schema: Schema, bounds: Bounds) -> statement.Select:
    """Return the query whose rows COPY sends for DAG runs."""
    run = statement.table(schema, "dag_run")
    moments = (statement.due(schema, run), run.c.queued_at, run.c.start_date, run.c.end_date)
    chosen = [
        *_numbers(run.c.id),
        *_texts(run, "run_id", "dag_id", "state", "run_type"),
        *_times(*moments),
        *_numbers(statement.optional(run, "backfill_id").isnot(None)),
    ]
    return sa.select(*chosen).where(*statement.conditions(run, bounds, "postgresql"))


def part_of(name: str, pages: Pages) -> list[sa.sql.ColumnElement[bool]]:
    """Return the conditions that leave of the table `name` the rows on `pages`."""
    found: list[sa.sql.ColumnElement[bool]] = []
    for page, comparison in zip(pages, (">=", "<"), strict=True):
        if page is not None:
            found.append(sa.literal_column(f"{name}.ctid {comparison} '({page},0)'::tid", sa.Boolean))
    return found


def tries_query(schema: Schema, name: str, bounds: Bounds, pages: Pages = (None, None)) -> statement.Select:
    """Return the query whose rows COPY sends for the tries that `name` holds, of these pages of it."""
    source, _, (joined, where) = statement.tries_from(schema, name, bounds, "postgresql")
    chosen = [
        *_texts(source, "run_id", *KIND, "hostname", "state"),
        *_numbers(*(source.c[column] for column in NUMBERS)),
        *_times(*(statement.optional(source, column) for column in TIMES)),
    ]
    return sa.select(*chosen).select_from(joined if where else source).where(*where, *part_of(name, pages))


def spelled(query: statement.Select) -> str:
    """Return `query` as text with its values in it."""
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
