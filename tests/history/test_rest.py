"""The same history by REST as from the metadata DB, but for what the API does not tell."""

# ruff: noqa: S608 - a try stands on few lines; queries are made of names in this file

from __future__ import annotations

import datetime as dt
import runpy
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from airflow_tune.api.access import Access
from airflow_tune.history.reader import read_history
from airflow_tune.history.window import Window

SAME = runpy.run_path(str(Path(__file__).parents[1] / "support" / "same_history.py"))
same, tries = SAME["same"], SAME["tries"]


@pytest.fixture
def read():
    def run(server, window=None, told=None, page_limit=100):
        from airflow_tune.api.session import Session  # noqa: PLC0415 - an extra
        from airflow_tune.history.rest import read_rest  # noqa: PLC0415

        with closing(Session(Access(server.url, "ada", "s3cret/Wort", page_limit=page_limit))) as session:
            return read_rest(session, window, told)

    return run


def by_db(path, window=None):
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = read_history(connection, window)
    engine.dispose()
    return found


@pytest.mark.parametrize(("name", "limit"), [("E1", 7), ("E4", 100), ("E6", 1000), ("E11", 50)])
def test_the_api_gives_what_the_db_gives(stand_in, read, name, limit):
    server = stand_in(name)
    same(read(server, page_limit=limit), by_db(server.path))


def test_what_the_api_does_not_tell_is_noted(stand_in, read):
    history = read(stand_in())
    assert np.isnat(history.tries.rescheduled).all()
    assert (history.tasks.max_active_tis_per_dag == -1).all()
    assert len(history.notes) == 3
    assert "executor" in history.notes[1]
    assert "max_active_tis_per_dag" in history.notes[2]
    assert "lab_task_limit" in history.notes[2]


def test_a_window_reads_only_its_runs(stand_in, read):
    server = stand_in()
    newest = by_db(server.path).runs.due.max().astype(dt.datetime).replace(tzinfo=dt.timezone.utc)
    window = Window(since=newest)
    same(read(server, window), by_db(server.path, window))
    one = read(server, Window(dags=("lab_pool",)))
    assert one.dags.names == ("lab_pool",)
    assert len(one.tries) == 16
    empty = read(server, Window(since=newest + dt.timedelta(days=1)))
    assert (len(empty.tries), len(empty.runs)) == (0, 0)


def test_faults_in_between_change_nothing(stand_in, read, monkeypatch):
    from airflow_tune.api import session  # noqa: PLC0415 - an extra

    monkeypatch.setattr(session, "PATIENT", session.PATIENT.new(backoff_factor=0, backoff_jitter=0))
    server = stand_in()
    expected = by_db(server.path)
    server.faults = [None, None, *["cut", None, 429, "reset", 503, None] * 4]
    same(read(server, page_limit=20), expected)
    assert server.faults == []


def test_retries_while_pages_are_read_lose_no_task_instance(stand_in, read):
    server = stand_in()
    before = by_db(server.path)
    count = iter(range(1000))

    def retry(connection):
        at = next(count)
        if at >= 30:
            return
        rows = connection.execute("SELECT id FROM task_instance ORDER BY id LIMIT 1 OFFSET ?", (at % 5,))
        (old,) = rows.fetchone()
        # What comes later has a greater id, as a UUID of version 7 has.
        connection.execute(
            "UPDATE task_instance SET id = ?, try_number = try_number + 1 WHERE id = ?", (f"ff{at:030}", old)
        )

    server.between = retry
    found = read(server, page_limit=10)
    assert next(count) > 10
    newest = {key[:3] for key in tries(before)}
    assert {key[:3] for key in tries(found)} == newest
    assert int(found.tries.last.sum()) == 137


def test_earlier_tries_are_read_of_what_was_retried_and_of_what_was_cleared(stand_in, read):
    server = stand_in()
    assert sum("/tries" in one for one in server.seen) == 0
    with closing(sqlite3.connect(server.path)) as connection:
        for state, task in (("up_for_retry", "step_00"), (None, "step_01")):
            where = "dag_id = 'lab_chain' AND task_id = ? AND run_id = 'lab__1'"
            names = [row[1] for row in connection.execute("PRAGMA table_info(task_instance_history)")]
            own = {row[1] for row in connection.execute("PRAGMA table_info(task_instance)")}
            shared = [name for name in names if name in own and name != "task_instance_id"]
            chosen = ", ".join(f'"{name}"' for name in shared)
            connection.execute(
                f"INSERT INTO task_instance_history (task_instance_id, {chosen})"
                f" SELECT id, {chosen} FROM task_instance WHERE {where}",
                (task,),
            )
            connection.execute(f"UPDATE task_instance SET state = ? WHERE {where}", (state, task))
        connection.commit()
    found, expected = read(server), by_db(server.path)
    assert len(found.tries) == len(expected.tries) == 140
    assert tries(found) == tries(expected)
    assert sum(one.endswith("/tries") for one in server.seen) == 3


def test_earlier_tries_beyond_the_bound_are_noted(stand_in, read, monkeypatch):
    from airflow_tune.history import rest  # noqa: PLC0415 - an extra

    server = stand_in()
    monkeypatch.setattr(rest, "MOST_RETRIED", 0)
    found = read(server)
    assert len(found.tries) == 137
    assert any("those of 1 others were not" in note for note in found.notes)


def test_progress_is_told_to_the_end(stand_in, read, monkeypatch):
    from airflow_tune.history import rest  # noqa: PLC0415 - an extra

    monkeypatch.setattr(rest, "RUNS_AT_A_TIME", 4)
    told = []
    read(stand_in(), told=lambda *counts: told.append(counts))
    assert told[-1] == (137, 14, 14)
    assert len(told) > 2
    assert told == sorted(told)


def test_a_server_that_dies_half_way_ends_the_reading(stand_in, read, monkeypatch):
    from airflow_tune.api import session  # noqa: PLC0415 - an extra
    from airflow_tune.errors import SourceError  # noqa: PLC0415

    monkeypatch.setattr(session, "PATIENT", session.PATIENT.new(total=1, backoff_factor=0, backoff_jitter=0))
    server = stand_in()
    server.faults = [*[None] * 5, *["reset"] * 200]
    with pytest.raises(SourceError, match="could not be reached") as caught:
        read(server, page_limit=10)
    assert "s3cret" not in str(caught.value)


def test_events_are_those_of_the_log_table(stand_in):
    from airflow_tune.api.session import Session  # noqa: PLC0415 - an extra
    from airflow_tune.history.events import EVENTS, read_events  # noqa: PLC0415
    from airflow_tune.history.rest_events import read_rest_events  # noqa: PLC0415

    server = stand_in()
    rows = [
        (
            f"2026-11-23 12:10:{at:02}.000000",
            "lab_pool",
            "query_00" if at else None,
            "lab__1",
            -1,
            1,
            event,
            "why",
        )
        for at, event in enumerate((*EVENTS, "success"))
    ]
    with closing(sqlite3.connect(server.path)) as connection:
        names = "dttm, dag_id, task_id, run_id, map_index, try_number, event, extra"
        connection.executemany(f"INSERT INTO log ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
    since = dt.datetime(2026, 11, 23, 12, 10, 2, tzinfo=dt.timezone.utc)
    engine = sa.create_engine(f"sqlite:///{server.path}")
    with engine.connect() as connection, closing(Session(Access(server.url, token="t-0"))) as session:
        for begin, count in ((None, 2), (since, 1)):
            found = read_rest_events(session, begin)
            assert sorted(found) == sorted(read_events(connection, begin))
            assert len(found) == count
    engine.dispose()
