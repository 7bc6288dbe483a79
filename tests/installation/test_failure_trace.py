"""Why tries failed, from a log table and from task logs, joined to the tries that they speak of."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
import sqlalchemy as sa

from airflow_tune.history.cause import CAUSES, SOURCES
from airflow_tune.history.events import MOST_EVENTS, Event, events_query, read_events
from airflow_tune.installation import failure_trace
from airflow_tune.installation.failure_trace import with_events, with_logs

LOST = "heartbeat timeout"


def ti(run, try_number=1, state="failed", **more):
    row = {"dag": "d", "task": "a", "run": run, "scheduled": 0, "queued": 0, "start": 0, "end": run * 10}
    return {**row, "try_number": try_number, "state": state, **more}


@pytest.fixture
def history(make_history):
    return make_history([ti(1, 2), ti(2), ti(3, state="success")], earlier=[ti(1)])


def told(history):
    traces = history.traces
    return {
        int(row): (CAUSES[cause], traces.signs[sign], SOURCES[source])
        for row, cause, sign, source in zip(traces.row, traces.cause, traces.sign, traces.source, strict=True)
    }


def test_events_find_the_try_that_they_name(history):
    events = [
        Event("d", "r1", "a", -1, 1, LOST, "Task did not emit heartbeat"),
        Event("d", "r2", "a", None, None, "state mismatch", "Extra info: Container was OOMKilled"),
        Event("d", "r3", "a", -1, 1, LOST, None),  # it succeeded in the end
        Event("d", "r9", "a", -1, 1, LOST, None),
        Event("d", "r1", "a", -1, 7, LOST, None),
    ]
    assert told(with_events(history, events)) == {
        0: ("zombie", "no heartbeat", "log table"),
        2: ("resource", "out of memory", "log table"),
    }
    assert told(with_events(history, [])) == {}


def write(folder, run, attempt, *lines, index=None):
    mapped = [] if index is None else [f"map_index={index}"]
    path = folder.joinpath("dag_id=d", f"run_id=r{run}", "task_id=a", *mapped, f"attempt={attempt}.log")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


def raised(kind, text):
    return json.dumps({"event": "failed", "error_detail": [{"exc_type": kind, "exc_value": text}]})


def test_logs_of_failed_tries_are_read_and_counted(history, tmp_path):
    write(tmp_path, 1, 1, raised("ConnectionRefusedError", "[Errno 111] Connection refused"))
    write(tmp_path, 2, 1, raised("AirflowException", "it went wrong"))
    write(tmp_path, 3, 1, raised("KeyError", "of a try that succeeded"))
    found = with_logs(history, tmp_path)
    assert told(found) == {0: ("network", "connection refused", "task log")}
    assert found.notes[-1] == "2 task logs of 3 tries that failed could be read"


def test_the_schedulers_word_stays_unless_the_log_shows_what_ran_out(history, tmp_path):
    lost = with_events(history, [Event("d", f"r{run}", "a", -1, 1, LOST, None) for run in (1, 2)])
    write(tmp_path, 1, 1, raised("KeyError", "'a'"))
    write(tmp_path, 2, 1, raised("MemoryError", ""))
    assert {row: cause for row, (cause, *_) in told(with_logs(lost, tmp_path)).items()} == {
        0: "zombie", 2: "resource",
    }  # fmt: skip


def test_few_logs_of_a_task_are_enough_and_the_newest_are_taken(make_history, tmp_path, monkeypatch):
    monkeypatch.setattr(failure_trace, "LOGS_OF_A_TASK", 2)
    history = make_history([ti(run, map_index=0) for run in range(1, 6)])
    for run in range(1, 6):
        write(tmp_path, run, 1, raised("KeyError", "'a'"), index=0)
    assert sorted(told(with_logs(history, tmp_path))) == [3, 4]


def test_without_failures_there_is_nothing_to_tell(make_history, tmp_path):
    history = make_history([ti(1, state="success")])
    assert with_logs(history, tmp_path) is history


TABLE = """CREATE TABLE log (id INTEGER PRIMARY KEY, dttm TIMESTAMP, dag_id TEXT, task_id TEXT, run_id TEXT,
    map_index INTEGER, try_number INTEGER, event TEXT, extra TEXT)"""


@pytest.fixture
def connection():
    engine = sa.create_engine("sqlite://", future=True)
    with engine.connect() as found:
        yield found
    engine.dispose()


def test_events_are_read_newest_first_within_the_window(connection):
    connection.exec_driver_sql(TABLE)
    for day, event in ((1, LOST), (2, "running"), (3, "state mismatch"), (4, LOST)):
        row = (f"2026-01-0{day} 00:00:00.000000", event, "x" * 900)
        connection.exec_driver_sql(
            "INSERT INTO log (dttm, dag_id, task_id, run_id, map_index, try_number, event, extra)"
            " VALUES (?, 'd', 'a', 'r', -1, 1, ?, ?)",
            row,
        )
    found = read_events(connection, datetime(2026, 1, 2, tzinfo=timezone.utc))
    assert [one.event for one in found] == [LOST, "state mismatch"]
    assert len(found[0].extra) == 500
    assert len(read_events(connection, None)) == 3


def test_a_table_that_is_missing_or_names_no_try_says_nothing(connection):
    assert read_events(connection, None) == []
    connection.exec_driver_sql("CREATE TABLE log (id INTEGER PRIMARY KEY, dttm TIMESTAMP, event TEXT)")
    assert read_events(connection, None) == []


def test_the_query_is_bounded_and_asks_by_event():
    text = str(events_query(None, "postgresql"))
    assert "log.event IN" in text
    assert "LIMIT" in text
    assert MOST_EVENTS <= 100_000
