"""Histories from real and made DBs, row by row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from airflow_tune.errors import SourceError
from airflow_tune.history import reader, state
from airflow_tune.history.reader import read_history
from airflow_tune.history.window import Window

E1 = Path(__file__).parents[1] / "fixtures" / "histories" / "E1" / "metadata.sqlite"


@pytest.fixture
def real():
    engine = sa.create_engine(f"sqlite:///file:{E1}?mode=ro&immutable=1&uri=true")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def names(history, column="task"):
    return [history.task_name(code) for code in getattr(history.tries, column)]


def test_a_real_3_3_db_is_read_whole(real):
    history = read_history(real)
    assert (len(history.tries), len(history.runs), history.tries.last.sum()) == (138, 14, 137)
    assert history.has_scheduled
    assert history.version.limits_active_tasks_per_run
    assert history.notes == ()
    assert history.pools.names == ("db_pool", "default_pool")
    assert history.pools.slots.tolist() == [3, 128]
    assert history.dags.max_active_runs[history.dags.names.index("lab_single_run")] == 1
    assert history.taken_at == np.datetime64("2026-11-23T12:12:11.274555")


def test_tries_are_sorted_and_an_earlier_try_stands_before_the_last(real):
    history = read_history(real)
    tries = history.tries
    key = np.stack([tries.run, tries.task, tries.map_index, tries.try_number])
    assert np.array_equal(np.lexsort(key[::-1]), np.arange(len(tries)))
    flaky = [row for row, name in enumerate(names(history)) if name == "lab_retry.flaky"]
    assert tries.last[flaky].tolist() == [False, True]
    assert tries.state[flaky].tolist() == [state.FAILED, state.SUCCESS]


def test_edges_and_limits_come_from_the_serialized_dag(real):
    tasks = read_history(real).tasks
    rows = {f"{dag}.{name}": row for row, (dag, name) in enumerate(zip(tasks.dag, tasks.names, strict=True))}
    dag = {name.partition(".")[2]: row for name, row in rows.items() if name.endswith("publish")}
    publish = dag["publish"]
    upstream = tasks.upstream[tasks.first[publish] : tasks.first[publish + 1]]
    assert [tasks.names[row] for row in upstream] == ["transform"]
    assert tasks.max_active_tis_per_dag[publish] == 2
    assert tasks.retry_delay_s[tasks.names.index("flaky")] == 5


def test_a_window_reads_only_its_runs(real):
    everything = read_history(real)
    newest = everything.runs.due.max().astype(dt.datetime).replace(tzinfo=dt.timezone.utc)
    assert len(read_history(real, Window(since=newest)).runs) == 1
    one = read_history(real, Window(dags=("lab_pool",)))
    assert one.dags.names == ("lab_pool",)
    assert len(one.tries) == 16


def test_an_empty_window_is_an_empty_history(real):
    history = read_history(real, Window(since=dt.datetime(2030, 1, 1, tzinfo=dt.timezone.utc)))
    assert (len(history.tries), len(history.runs), history.dags.names) == (0, 0, ())


def test_airflow_2_is_read_by_its_columns(airflow_2):
    history = read_history(airflow_2)
    assert not history.has_scheduled
    assert not history.version.limits_active_tasks_per_run
    assert len(history.notes) == 3
    assert history.notes[2].startswith("DAG other has no serialized DAG")
    assert history.dags.is_paused.tolist() == [True, False]
    assert history.pools.names == ("p", "gone")
    assert history.pools.slots.tolist() == [4, 0]
    tasks = dict(zip(history.tasks.names, range(9), strict=False))
    assert history.tasks.known.tolist() == [True, True, False, False]
    assert history.tasks.retries[tasks["get"]] == 3
    first = history.tasks.first[tasks["load"]]
    assert history.tasks.upstream[first] == tasks["get"]


def test_times_of_the_try_before_are_taken_out_of_what_waits(airflow_2):
    history = read_history(airflow_2)
    row = names(history).index("etl.extra")
    assert np.isnat(history.tries.start[row])
    assert np.isnat(history.tries.end[row])
    assert np.isnat(history.tries.queued[row])


def test_the_newest_reschedule_of_2_is_kept(airflow_2):
    history = read_history(airflow_2)
    found = history.tries.rescheduled[~np.isnat(history.tries.rescheduled)]
    assert found.tolist() == [dt.datetime(2026, 3, 1, 0, 0, 2)]  # noqa: DTZ001 - columns hold naive UTC


def test_since_walks_the_ids_of_2_downwards(airflow_2):
    since = Window(since=dt.datetime(2026, 2, 1, tzinfo=dt.timezone.utc))
    assert read_history(airflow_2, since).runs.run_ids == ("new", "new")
    late = Window(since=dt.datetime(2027, 1, 1, tzinfo=dt.timezone.utc))
    assert read_history(airflow_2, late).runs.run_ids == ()


def test_the_walk_ends_after_many_older_runs(airflow_2, monkeypatch):
    monkeypatch.setattr(reader, "OLDER_IN_A_ROW", 1)
    airflow_2.exec_driver_sql("UPDATE dag_run SET start_date = '2026-05-01' WHERE id = 1")
    since = Window(since=dt.datetime(2026, 3, 2, tzinfo=dt.timezone.utc))
    assert read_history(airflow_2, since).dags.names == ("other",)


def test_a_db_that_is_not_airflows_is_named_without_its_password(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection, pytest.raises(SourceError) as error:
        read_history(connection)
    engine.dispose()
    assert "no Airflow metadata DB: it has no table dag_run" in str(error.value)
    assert "airflow db migrate" in str(error.value)
    assert error.value.exit_code == 3
