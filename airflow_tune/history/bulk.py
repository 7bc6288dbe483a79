"""DAG runs and tries in bulk from PostgreSQL, by COPY: what reading row by row gives, in columns at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection

from airflow_tune.history import state
from airflow_tune.history.bulk_query import RUN_ROWS, TRY_ROWS, runs_query, spelled, tries_query
from airflow_tune.history.column import AnyArray, Codes, coded, times
from airflow_tune.history.copy_native import NativeTaker
from airflow_tune.history.copy_plain import PlainTaker
from airflow_tune.history.copying import Taker, copied, texts
from airflow_tune.history.draft import Draft
from airflow_tune.history.raw import Kind, RawRuns, RawTries
from airflow_tune.history.schema import Schema
from airflow_tune.history.statement import Bounds

DRIVER = "psycopg"
MOST_HOSTS = 2_000
"""Beyond this a host name is a pod's, different for each try: it says nothing and is left out."""


def usable(connection: Connection) -> bool:
    """Return whether `connection` speaks to PostgreSQL through the driver that this is written for."""
    return connection.dialect.name == "postgresql" and connection.dialect.driver == DRIVER


def _mapped(codes: Codes, to: Codes) -> Codes:
    """Return `codes` as codes of other names: `to` by code."""
    same = np.array_equal(to, np.arange(len(to)))
    found: Codes = codes if same else coded(codes, to)
    return found


class _Reading:
    """One reading of one database; the codes of names are kept through all its tables."""

    def __init__(self, connection: Connection, schema: Schema, bounds: Bounds) -> None:
        own: Any = connection.connection.driver_connection
        self._pgconn, self._encoding = own.pgconn, own.info.encoding
        self._taker: Taker = NativeTaker.of(own.pgconn) or PlainTaker(own.pgconn)
        self._schema, self._bounds = schema, bounds
        self._run, self._state, self._run_type, self._kind = (self._taker.codes() for _ in range(4))
        self._host = self._taker.codes(MOST_HOSTS)

    def _named(self, codes: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - Codes
        return [tuple(texts(key, self._encoding)) for key in codes.keys()]  # noqa: SIM118 - it is no mapping

    def _states(self, codes: AnyArray) -> Codes:
        known = np.array([state.code(name) for (name,) in self._named(self._state)], np.int8)
        found: Codes = coded(codes, known)
        return found

    def runs(self) -> RawRuns:
        """Return the DAG runs: the code of a run's names is its row."""
        query = spelled(runs_query(self._schema, self._bounds))
        names = (self._run, self._state, self._run_type)
        ids, run, states, types, *moments, backfill = copied(
            self._pgconn, query, self._taker, RUN_ROWS, names
        )
        # Airflow has one row for each pair of names: this holds where a database has more.
        first = np.unique(run, return_index=True)[1]
        run_ids, dag_ids = zip(*self._named(self._run), strict=True) if len(first) else ((), ())
        # From now on, what is no name of these is none.
        self._run.most = len(first)
        due, queued, start, end = (times(column[first]) for column in moments)
        type_names = [name for (name,) in self._named(self._run_type)]
        return RawRuns(
            ids[first].astype(np.int64),
            dag_ids,
            run_ids,
            self._states(states[first]).astype(np.int32),
            [type_names[code] for code in types[first].tolist()],
            due,
            queued,
            start,
            end,
            backfill[first].astype(bool),
        )

    def tries(self, name: str) -> RawTries:
        """Return the tries in the table `name`, none where there is no such table."""
        if not self._schema.columns[name]:
            return RawTries.empty()
        query = spelled(tries_query(self._schema, name, self._bounds))
        names = (self._run, self._state, self._kind, self._host)
        *codes, states, scheduled, queued, start, end = copied(
            self._pgconn, query, self._taker, TRY_ROWS, names
        )
        run, kind, host, map_index, try_number, pool_slots, weight = codes
        moments = map(times, (scheduled, queued, start, end))
        numbers = (map_index, try_number, pool_slots, weight)
        return RawTries(run, kind, host, *numbers, self._states(states), *moments)

    def names(self) -> tuple[list[Kind], list[str | None]]:
        """Return the kinds and the hosts of all tries by code."""
        kinds = [Kind(*key) for key in self._named(self._kind)]
        return kinds, [name or None for (name,) in self._named(self._host)]


def read_bulk(connection: Connection, schema: Schema, bounds: Bounds, draft: Draft) -> None:
    """Fill `draft` with the DAG runs and tries of `bounds`.

    The caller's transaction is one that sees one snapshot (REPEATABLE READ).
    Raises OperationalError where the server refuses.
    """
    reading = _Reading(connection, schema, bounds)
    draft.runs = reading.runs()
    draft.current, draft.earlier = map(reading.tries, ("task_instance", "task_instance_history"))
    kinds, hosts = reading.names()
    by_kind, by_host = draft.kinds.codes(kinds), draft.hosts.codes(hosts)
    draft.current, draft.earlier = (
        replace(tries, kind=_mapped(tries.kind, by_kind), host=_mapped(tries.host, by_host))
        for tries in (draft.current, draft.earlier)
    )
