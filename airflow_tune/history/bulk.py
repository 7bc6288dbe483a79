"""DAG runs and tries in bulk from PostgreSQL, by COPY: what reading row by row gives, in columns at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection

from airflow_tune.history import state
from airflow_tune.history.beside import beside, pages_to_part
from airflow_tune.history.bulk_query import RUN_ROWS, TRY_ROWS, Pages, runs_query, spelled, tries_query
from airflow_tune.history.column import AnyArray, Codes, coded, narrowed, times
from airflow_tune.history.copy_native import NativeTaker
from airflow_tune.history.copy_plain import PlainTaker
from airflow_tune.history.copying import MOST_NAMES, Layout, Taker, copied, texts
from airflow_tune.history.draft import Draft
from airflow_tune.history.raw import Kind, Names, RawRuns, RawTries
from airflow_tune.history.schema import Schema
from airflow_tune.history.statement import Bounds, Select

FEWEST_PAGES = 4_096
"""Tables of fewer (32 MiB) are read before a second connection would be there."""
DRIVER = "psycopg"
MOST_HOSTS = 2_000
"""Beyond this a host name is a pod's, different for each try: it says nothing and is left out."""


def usable(connection: Connection) -> bool:
    """Return whether `connection` speaks to PostgreSQL through the driver that this is written for."""
    return connection.dialect.name == "postgresql" and connection.dialect.driver == DRIVER


class _Stream:
    """One connection that rows come through, and the codes of the names that came through it."""

    def __init__(self, connection: Connection) -> None:
        own: Any = connection.connection.driver_connection
        self._own, pgconn = own, own.pgconn
        self.taker: Taker = NativeTaker.of(pgconn) or PlainTaker(pgconn)
        self._state, self._kind, self._host = (
            self.taker.codes(most) for most in (MOST_NAMES, MOST_NAMES, MOST_HOSTS)
        )

    def _copied(self, query: Select, layout: Layout, names: Sequence[Any]) -> list[AnyArray]:
        return copied(self._own.pgconn, spelled(query), self.taker, layout, names)

    def _named(self, codes: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - Codes
        encoding = self._own.info.encoding
        return [texts(key, encoding) for key in codes.keys()]  # noqa: SIM118 - it is no mapping

    def _states(self, codes: AnyArray) -> Codes:
        found: Codes = coded(
            codes, np.array([state.code(name) for (name,) in self._named(self._state)], np.int8)
        )
        return found

    def runs(self, query: Select) -> tuple[RawRuns, Any]:
        """Return the DAG runs, and the codes of their names: a code is a row, and no other name has one."""
        run, run_type = self.taker.codes(), self.taker.codes()
        ids, codes, states, types, *moments, backfill = self._copied(
            query, RUN_ROWS, (run, self._state, run_type)
        )
        # Airflow has one row for each pair of names: this holds where a database has more.
        first = np.unique(codes, return_index=True)[1]
        run_ids, dag_ids = zip(*self._named(run), strict=True) if len(first) else ((), ())
        run.most = len(first)
        due, queued, start, end = (times(column[first]) for column in moments)
        type_names = [name for (name,) in self._named(run_type)]
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
        ), run

    def tries(self, query: Select, run: Any) -> RawTries:  # noqa: ANN401 - Codes
        """Return the tries of the DAG runs with the codes `run`; kinds and hosts are codes of this stream."""
        names = (run, self._state, self._kind, self._host)
        *numbers, states, scheduled, queued, start, end = self._copied(query, TRY_ROWS, names)
        run_code, kind, host, map_index, try_number, pool_slots, weight = numbers
        codes = (run_code, kind, host, map_index, try_number, pool_slots, weight, self._states(states))
        return RawTries(*codes, *map(times, (scheduled, queued, start, end)))

    def renamed(self, tries: RawTries, kinds: Names, hosts: Names) -> RawTries:
        """Return `tries` of this stream with codes of `kinds` and `hosts`, which get what is new."""
        by_kind = kinds.codes(Kind(*key) for key in self._named(self._kind))
        by_host = hosts.codes(name or None for (name,) in self._named(self._host))
        return replace(tries, kind=_mapped(tries.kind, by_kind), host=_mapped(tries.host, by_host))

    @property
    def lets_others_run(self) -> bool:
        """Return whether other threads run while rows are taken."""
        return isinstance(self.taker, NativeTaker)

    def cancel(self) -> None:
        """Ask the server to send no more."""
        self._own.cancel()


def _mapped(codes: Codes, to: Codes) -> Codes:
    """Return `codes` as codes of other names: `to` by code."""
    same = np.array_equal(to, np.arange(len(to)))
    found: Codes = codes if same else coded(codes, narrowed(to))
    return found


@contextmanager
def _streams(connection: Connection, first: _Stream, pages: int) -> Iterator[dict[_Stream, Pages]]:
    """Give streams and which pages of a table are to come through each: two halves where it has `pages`."""
    if not pages:
        yield {first: (None, None)}
        return
    with beside(connection) as other:
        half = pages // 2
        yield {first: (None, None)} if other is None else {first: (None, half), _Stream(other): (half, None)}


def _at_once(queries: dict[_Stream, Select], run: Any) -> list[RawTries]:  # noqa: ANN401 - Codes
    """Return the tries that each stream is asked for by its query."""
    if len(queries) == 1:
        return [one.tries(query, run) for one, query in queries.items()]
    with ThreadPoolExecutor(len(queries)) as threads:
        try:
            return list(threads.map(lambda one: one.tries(queries[one], run), queries))
        except BaseException:
            # Of one that failed, or of a user who does not wait: the other need not go on.
            for one in queries:
                one.cancel()
            raise


def read_bulk(connection: Connection, schema: Schema, bounds: Bounds, draft: Draft) -> None:
    """Fill `draft` with the DAG runs and tries of `bounds`.

    The caller's transaction is one that sees one snapshot (REPEATABLE READ). A large table that is read
    as a whole comes by two connections. Raises OperationalError where the server refuses.
    """
    first = _Stream(connection)
    draft.runs, run = first.runs(runs_query(schema, bounds))
    by_parts = bounds == Bounds(None, None, ()) and first.lets_others_run

    def tries(name: str) -> list[RawTries]:
        if not schema.columns[name]:
            return []
        pages = pages_to_part(connection, name, FEWEST_PAGES) if by_parts else 0
        with _streams(connection, first, pages) as streams:
            queries = {one: tries_query(schema, name, bounds, part) for one, part in streams.items()}
            found = zip(streams, _at_once(queries, run), strict=True)
            return [one.renamed(part, draft.kinds, draft.hosts) for one, part in found]

    draft.current, draft.earlier = tries("task_instance"), tries("task_instance_history")
