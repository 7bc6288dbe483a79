"""Snapshots: the same history back, the same findings, and clear words for what is none."""

from __future__ import annotations

import dataclasses
import io
import json
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.diagnose.waits.result import attribute_waits
from airflow_tune.errors import ApplyError, SourceError
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.anonymity import anonymized
from airflow_tune.history.cause import Traces
from airflow_tune.history.reader import read_history
from airflow_tune.history.snapshot import read_snapshot, write_snapshot

HISTORIES = Path(__file__).parents[1] / "fixtures" / "histories"


@pytest.fixture(scope="module")
def history():
    engine = sa.create_engine(
        f"sqlite:///file:{HISTORIES / 'E4' / 'metadata.sqlite'}?mode=ro&immutable=1&uri=true"
    )
    with engine.connect() as connection:
        found = read_history(connection)
    engine.dispose()
    return found


def waits(history):
    return attribute_waits(history, Machinery(history.version, ExecutorKind.LOCAL, 8))


def same(one, other):
    for name in one.__slots__:
        mine, theirs = getattr(one, name), getattr(other, name)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype
            np.testing.assert_array_equal(mine, theirs)
        elif hasattr(mine, "__slots__") and hasattr(type(mine), "__dataclass_fields__"):
            same(mine, theirs)
        else:
            assert mine == theirs


def test_what_is_read_back_is_what_was_written(history, tmp_path):
    path = tmp_path / "one.snapshot"
    write_snapshot(history, path, {"settings": {"core.parallelism": "8"}})
    found, extra = read_snapshot(path)
    same(history, found)
    assert extra == {"settings": {"core.parallelism": "8"}}
    assert waits(found) == waits(history)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_anonymous_history_keeps_the_numbers_and_no_name(history, tmp_path):
    path = tmp_path / "one.snapshot"
    write_snapshot(anonymized(history), path)
    found, _ = read_snapshot(path)
    mine, theirs = waits(history), waits(found)
    assert [wait.seconds for wait in mine.by_limit] == [wait.seconds for wait in theirs.by_limit]
    assert theirs.by_limit[0].limit == "max_active_tasks:dag-10"
    with zipfile.ZipFile(path) as archive:
        text = archive.read("header.json").decode()
    names = {*history.dags.names, *history.tasks.names, *history.runs.run_ids, *history.hosts, "db_pool"}
    assert not [name for name in names if f'"{name}"' in text]
    assert "default_pool" in text


def test_notes_that_name_a_dag_are_left_out(history):
    noted = dataclasses.replace(history, notes=("DAG lab_wide has no edges", "all is well"))
    assert anonymized(noted).notes == ("all is well",)


def rewritten(source, target, change):
    """Copy a snapshot with `change` applied to the bytes of each member (None leaves it out)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)


def header(**changes):
    def change(name, data):
        return json.dumps({**json.loads(data), **changes}) if name == "header.json" else data

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (header(format="other"), "its header is another program's"),
        (header(schema=2), "this snapshot has schema 2; this version reads up to 1"),
        (header(texts={}), "no whole snapshot"),
        (lambda name, data: None if name == "tries.run.npy" else data, "tries.run.npy"),
        (lambda name, data: data[:150] if name == "tries.run.npy" else data, "no whole snapshot"),
        (lambda name, data: b"[]" if name == "header.json" else data, "another program's"),
    ],
    ids=["foreign", "later", "no texts", "no column", "cut column", "no header"],
)
def test_what_is_no_whole_snapshot_is_refused(history, tmp_path, change, message):
    write_snapshot(history, tmp_path / "good")
    rewritten(tmp_path / "good", tmp_path / "bad", change)
    with pytest.raises(SourceError, match=message) as error:
        read_snapshot(tmp_path / "bad")
    assert error.value.exit_code == 3
    assert error.value.remedy


def test_columns_that_do_not_fit_together_are_refused(history, tmp_path):
    write_snapshot(history, tmp_path / "good")
    with zipfile.ZipFile(tmp_path / "good") as archive:
        far = archive.read("tries.map_index.npy")  # -1 is no row of a pool
    rewritten(
        tmp_path / "good", tmp_path / "bad", lambda name, data: far if name == "tries.pool.npy" else data
    )
    with pytest.raises(SourceError, match="its columns do not fit together"):
        read_snapshot(tmp_path / "bad")
    short = history.tries.run[:3]
    buffer = io.BytesIO()
    np.save(buffer, short)
    cut = buffer.getvalue()
    rewritten(
        tmp_path / "good", tmp_path / "bad", lambda name, data: cut if name == "tries.pool.npy" else data
    )
    with pytest.raises(SourceError, match="its columns do not fit together"):
        read_snapshot(tmp_path / "bad")


@pytest.mark.parametrize("kind", ["cut", "text", "folder", "missing"])
def test_files_that_are_none_are_refused(history, tmp_path, kind):
    path = tmp_path / "one"
    write_snapshot(history, path)
    if kind == "cut":
        path.write_bytes(path.read_bytes()[:-500])
    elif kind == "text":
        path.write_text("hello")
    else:
        path.unlink()
        if kind == "folder":
            path.mkdir()
    with pytest.raises(SourceError, match="snapshot"):
        read_snapshot(path)


def test_a_folder_in_the_way_leaves_nothing_behind(history, tmp_path):
    (tmp_path / "one").mkdir()
    with pytest.raises(ApplyError, match="the snapshot could not be written"):
        write_snapshot(history, tmp_path / "one")
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    with pytest.raises(ApplyError, match="No such file or directory"):
        write_snapshot(history, tmp_path / "none" / "one")


def test_what_logs_said_of_failures_is_kept_and_a_snapshot_without_it_is_read(make_history, tmp_path):
    rows = [{"dag": "d", "task": "a", "run": 1, "start": 0, "end": 5, "state": "failed"}]
    history = make_history(rows)
    history = dataclasses.replace(history, traces=Traces.of({0: (1, "connection refused", 1)}))
    write_snapshot(history, tmp_path / "new.zip")
    found, _ = read_snapshot(tmp_path / "new.zip")
    assert (found.traces.row.tolist(), found.traces.cause.tolist()) == ([0], [1])
    assert found.traces.signs == ("connection refused",)
    with zipfile.ZipFile(tmp_path / "new.zip") as new, zipfile.ZipFile(tmp_path / "old.zip", "w") as old:
        for name in new.namelist():
            data = new.read(name)
            if name == "header.json":
                header = json.loads(data)
                del header["texts"]["traces.signs"]
                data = json.dumps(header)
            if not name.startswith("traces."):
                old.writestr(name, data)
    assert len(read_snapshot(tmp_path / "old.zip")[0].traces) == 0
