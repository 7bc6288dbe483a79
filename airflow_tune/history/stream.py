"""Tries through any driver: rows in chunks from a server-side cursor, turned into columns at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection

from airflow_tune.history import state
from airflow_tune.history.column import Ints, rows_of
from airflow_tune.history.raw import Kind, Names, RawTries, integers, moments
from airflow_tune.history.statement import KIND, Select

CHUNK_ROWS = 50_000


def partitions(connection: Connection, statement: Select) -> Iterator[Sequence[Any]]:
    """Yield the rows of `statement` in chunks, never more than one in memory."""
    streaming = statement.execution_options(stream_results=True)
    yield from connection.execute(streaming).partitions(CHUNK_ROWS)


def _chunk(rows: Sequence[Any], run_ids: Ints, kinds: Names, hosts: Names) -> RawTries:
    columns = list(zip(*rows, strict=True))
    run, shared, rest = columns[0], columns[1 : 1 + len(KIND)], columns[1 + len(KIND) :]
    map_index, try_number, pool_slots, weight, states, hostname, *times = rest
    return RawTries(
        rows_of(run_ids, np.array(run, np.int64)).astype(np.int32),
        kinds.codes(map(Kind._make, zip(*shared, strict=True))),
        hosts.codes(name or None for name in hostname),
        integers(map_index, -1),
        integers(try_number),
        integers(pool_slots, 1),
        integers(weight, 1),
        np.array([state.code(name) for name in states], np.int32),
        *map(moments, times),
    )


def stream_tries(
    connection: Connection, statement: Select, run_ids: Ints, kinds: Names, hosts: Names
) -> Iterator[RawTries]:
    """Yield the tries that `statement` finds in the DAG runs `run_ids`, adding to `kinds` and `hosts`."""
    for rows in partitions(connection, statement):
        yield _chunk(rows, run_ids, kinds, hosts)
