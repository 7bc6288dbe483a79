"""COPY from a real PostgreSQL gives what row by row reading gives."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from airflow_tune.history import bulk, bulk_query, copy_native, copy_plain
from airflow_tune.history.reader import read_history
from airflow_tune.history.schema import probe
from airflow_tune.history.window import Window

pytest.importorskip("sqlalchemy.dialects.postgresql.psycopg", reason="SQLAlchemy 1.4 knows no psycopg 3")


@pytest.fixture(scope="module")
def connection(postgres_url, generate):
    """A PostgreSQL with 2,500 made task instances, seen as one snapshot."""
    url = postgres_url("bulk")
    generate(url, 2500)
    engine = sa.create_engine(url, isolation_level="REPEATABLE READ")
    with engine.connect() as found:
        found.exec_driver_sql("UPDATE task_instance SET state = NULL, queue = NULL, end_date = NULL"
                              " WHERE task_id = 'task_24'")  # fmt: skip
        found.exec_driver_sql("UPDATE task_instance SET pool = '100%%:\x1f' WHERE task_id = 'task_23'")
        yield found
    engine.dispose()


def told(history):
    """The rows of a history with names for codes, so that the order of codes does not matter."""
    tries = history.tries
    hosts, pools, queues = (*history.hosts, None), history.pools.names, (*history.queues, None)
    operators = (*history.operators, None)
    columns = [
        [history.runs.run_ids[code] for code in tries.run],
        [history.task_name(code) for code in tries.task],
        [pools[code] for code in tries.pool],
        [queues[code] for code in tries.queue],
        [operators[code] for code in tries.operator],
        [hosts[code] for code in tries.host],
    ]
    names = ("map_index", "try_number", "state", "pool_slots", "priority_weight", "last")
    columns += [getattr(tries, name).tolist() for name in names]
    columns += [getattr(tries, name).tolist() for name in ("scheduled", "queued", "start", "end")]
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize(
    "window",
    [
        Window(),
        Window(since=dt.datetime(2026, 1, 1, 0, 20, tzinfo=dt.timezone.utc)),
        Window(dags=("dag_003", "dag_010%'")),
    ],
    ids=["all", "since", "dags"],
)
def test_bulk_reads_what_rows_say(connection, window, monkeypatch):
    fast = read_history(connection, window)
    monkeypatch.setattr(bulk, "usable", lambda _: False)
    slow = read_history(connection, window)
    assert len(fast.tries) > 20
    assert told(fast) == told(slow)
    assert fast.taken_at == slow.taken_at
    np.testing.assert_array_equal(fast.runs.due, slow.runs.due)


def test_small_chunks_and_few_hosts(connection, monkeypatch):
    whole = read_history(connection)
    monkeypatch.setattr(copy_plain, "CHUNK_ROWS", 7)
    monkeypatch.setattr(copy_native, "BLOCK_ROWS", 7)
    monkeypatch.setattr(bulk, "MOST_HOSTS", 2)
    found = read_history(connection)
    np.testing.assert_array_equal(found.tries.end, whole.tries.end)
    assert len(found.hosts) < len(whole.hosts)
    assert -1 in found.tries.host


def test_an_empty_window_reads_nothing(connection):
    assert len(read_history(connection, Window(dags=("none",))).tries) == 0


@pytest.mark.parametrize("name", ["task_instance", "task_instance_history"])
def test_a_window_is_read_through_indexes(connection, name):
    schema = probe(connection)
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    bounds = bulk.Bounds(dt.datetime(2026, 1, 1, 0, 20, tzinfo=dt.timezone.utc), None, ())
    query = bulk_query.spelled(bulk_query.tries_query(schema, name, bounds))
    plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {query}".replace("%", "%%")))
    connection.exec_driver_sql("SET LOCAL enable_seqscan = on")
    assert "Seq Scan" not in plan
    assert "idx_dag_run_run_after" in plan


def copies(monkeypatch):
    """Note every query of COPY from now on."""
    found = []
    copied = bulk.copied
    monkeypatch.setattr(
        bulk, "copied", lambda own, query, *rest: found.append(query) or copied(own, query, *rest)
    )
    return found


@pytest.fixture
def parted(monkeypatch):
    """Read every table by parts, however small."""
    if copy_native.library() is None:
        pytest.skip("built without a C compiler")
    monkeypatch.setattr(bulk, "FEWEST_PAGES", 2)
    return copies(monkeypatch)


def test_both_halves_are_of_one_snapshot(postgres_url, generate, parted):
    url = postgres_url("halves")
    generate(url, 5000)
    engine = sa.create_engine(url, isolation_level="REPEATABLE READ")
    with engine.connect() as own:
        before = own.exec_driver_sql("SELECT count(*), max(ctid) FROM task_instance").one()
        with engine.begin() as other:
            # What was written anew lies behind all other rows: it would be there twice, or not at all.
            other.exec_driver_sql("UPDATE task_instance SET pool_slots = 9 WHERE task_id < 'task_12'")
            other.exec_driver_sql("DELETE FROM task_instance WHERE task_id > 'task_20'")
        history = read_history(own)
        assert history.tries.last.sum() == before[0] == 5000
        assert history.tries.pool_slots.max() == 2
    with engine.connect() as own:
        after = read_history(own)
        assert after.tries.last.sum() == 5000 * 21 // 25
        assert after.tries.pool_slots.max() == 9
    engine.dispose()
    assert sum("ctid <" in query for query in parted) == sum("ctid >=" in query for query in parted) > 0


def test_halves_are_found_by_place(connection, parted):
    read_history(connection)
    halves = [query for query in parted if "ctid" in query and "task_instance_history" not in query]
    for query in halves:
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {query}"))
        assert plan.startswith("Tid Range Scan on task_instance")


@pytest.mark.parametrize(
    "why", ["no connection to spare", "each statement sees another snapshot", "a window"]
)
def test_where_there_cannot_be_halves_all_is_read_at_once(postgres_url, generate, parted, why):
    url = postgres_url(f"whole_{len(why)}")
    generate(url, 2500)
    level = "READ COMMITTED" if why.startswith("each") else "REPEATABLE READ"
    spare = 0 if why.startswith("no") else 1
    engine = sa.create_engine(url, isolation_level=level, pool_size=1, max_overflow=spare, pool_timeout=0.01)
    window = Window(dags=tuple(f"dag_{n:03d}" for n in range(200))) if why == "a window" else Window()
    with engine.connect() as own:
        assert read_history(own, window).tries.last.sum() == 2500
    engine.dispose()
    assert len(parted) == 3
    assert not [query for query in parted if "ctid" in query]


def test_one_half_that_fails_ends_the_other(postgres_url, generate, parted, monkeypatch):
    url = postgres_url("fails")
    generate(url, 5000)
    query_of = bulk.tries_query

    def failing(schema, name, bounds, pages):
        query = query_of(schema, name, bounds, pages)
        return query.where(sa.text("1 / (pool_slots - pool_slots) = 1")) if pages[0] else query

    monkeypatch.setattr(bulk, "tries_query", failing)
    engine = sa.create_engine(url, isolation_level="REPEATABLE READ")
    with engine.connect() as own:
        with pytest.raises(OperationalError, match="division by zero"):
            read_history(own)
        own.rollback()
        assert own.exec_driver_sql("SELECT 1").scalar() == 1
    engine.dispose()
    assert len(parted) == 3


@pytest.mark.parametrize("window", [Window(), Window(dags=("dag_003",))], ids=["all", "dags"])
def test_without_the_helper_the_same_is_read(connection, window, monkeypatch):
    fast = read_history(connection, window)
    monkeypatch.setattr(copy_native, "LIBRARY", "/nowhere.so")
    slow = read_history(connection, window)
    for columns in ("tries", "runs"):
        one, other = getattr(fast, columns), getattr(slow, columns)
        for name in type(one).__slots__:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert (fast.hosts, fast.queues, fast.pools.names) == (slow.hosts, slow.queues, slow.pools.names)
