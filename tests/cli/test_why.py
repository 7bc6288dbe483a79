"""`why` as a user asks it, of a real history of Airflow 3.3.2."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application
from airflow_tune.errors import UsageError

HISTORY = Path(__file__).parents[1] / "fixtures" / "histories" / "E1" / "metadata.sqlite"
CFG = "[core]\nexecutor = LocalExecutor\nparallelism = 8\n"


@pytest.fixture
def db(tmp_path):
    # A copy, because reading leaves SQLite's own files beside it.
    path = tmp_path / "metadata.sqlite"
    shutil.copy(HISTORY, path)
    return path


@pytest.fixture
def tune(tmp_path):
    (tmp_path / "airflow.cfg").write_text(CFG, encoding="utf-8")

    def run(command, *args):
        found = CliRunner().invoke(application(), [command, *args, "--airflow-home", str(tmp_path)])
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found.stdout

    return run


@pytest.fixture
def why(tune, db):
    def run(*args, since="36500d"):
        return tune("why", *args, "--db", f"sqlite:///{db}", "--since", since)

    return run


@pytest.fixture
def stalled(db):
    """Put the newest mapped instance back into the queue, and one into a pool that is gone."""
    with contextlib.closing(sqlite3.connect(db)) as connection:
        connection.execute(
            "UPDATE task_instance SET state = 'queued', start_date = NULL, end_date = NULL"
            " WHERE dag_id = 'lab_task_limit' AND task_id = 'transform'"
            " AND run_id = 'lab__3' AND map_index = 2"
        )
        connection.execute(
            "UPDATE task_instance SET state = 'scheduled', start_date = NULL, end_date = NULL, pool = 'gone'"
            " WHERE dag_id = 'lab_wide' AND task_id = 'part_00'"
        )
        connection.commit()
    return db


ONE = ("lab_task_limit", "transform", "--map-index", "2")


def test_the_life_of_a_task_instance_is_told_in_order(why):
    lines = why(*ONE).splitlines()
    assert lines[0] == "lab_task_limit.transform[2] of lab__3"
    text = "\n".join(lines)
    assert "Try 1: success, waited 1m 2s" in lines
    moments = [
        line.split()[0] for line in lines if line.startswith("  ") and line.endswith(("Z", "earliest"))
    ]
    assert moments == ["ready", "scheduled", "queued", "start", "end", "slot"]
    assert "33.1s\n        max_active_tis_per_dag:lab_task_limit.transform" in text
    assert "held by lab_task_limit.transform[2] of lab__1 (26s);" in text
    assert "(6.18s); and 2 more" in text
    assert "could have started\n  up to 59.1s sooner." in text


def test_json_sums_to_the_wait_and_names_the_holders(why):
    found = json.loads(why(*ONE, "--format", "json"))
    assert found["schema"] == "airflow-tune/why/1"
    assert (found["task"], found["run_id"], found["map_index"]) == ("lab_task_limit.transform", "lab__3", 2)
    (life,) = found["tries"]
    assert life["ready"] == life["waits"][0]["begin"] == "2026-11-23T12:10:44.948833Z"
    assert life["waits"][-1]["end"] == life["start"]
    by_limit = {one["limit"]: one["seconds"] for one in life["sooner"]}
    assert sum(by_limit.values()) == pytest.approx(sum(one["seconds"] for one in life["waits"]))
    held = [one for one in life["waits"] if one["limit"].startswith("max_active_tis_per_dag:")]
    assert all(holder["held_s"] > 0 for one in held for holder in one["holders"])


def test_a_run_can_be_named(why):
    assert why(*ONE, "--run", "lab__1").startswith("lab_task_limit.transform[2] of lab__1")
    assert why("lab_pool", "query_00").startswith("lab_pool.query_00 of lab__1")


def test_what_never_happened_is_null(why, stalled):
    assert stalled.exists()
    (life,) = json.loads(why("lab_wide", "part_00", "--format", "json"))["tries"]
    assert (life["start"], life["end"], life["slot_free_at_latest"]) == (None, None, None)
    assert life["state"] == "scheduled"


def test_now_tells_what_waits_longest_first_and_what_never_starts(why, stalled):
    assert stalled.exists()
    text = why("--now")
    assert re.search(r"metadata\.sqlite\):\s+2\n", text)
    assert "scheduled" in text
    assert "can never start: pool gone does not exist or has no slots" in text
    found = json.loads(why("--now", "--format", "json"))
    assert found["schema"] == "airflow-tune/why/1"
    waited = [one["waited_s"] for one in found["waiting"]]
    assert waited == sorted(waited, reverse=True)
    assert {one["task"]: one["never"] for one in found["waiting"]} == {
        "lab_wide.part_00": "pool gone does not exist or has no slots",
        "lab_task_limit.transform": None,
    }


def test_now_with_nothing_waiting_says_so(why):
    assert why("--now").split()[-1] == "nothing"
    assert json.loads(why("--now", "--format", "json", since="1ms"))["waiting"] == []


def test_a_snapshot_answers_the_same(tune, why, stalled, tmp_path):
    path = tmp_path / "history.zip"
    tune("snapshot", str(path), "--db", f"sqlite:///{stalled}", "--since", "36500d")
    for args in (("lab_wide", "part_00"), ("--now",)):
        of_db = json.loads(why(*args, "--format", "json"))
        of_file = json.loads(tune("why", *args, "--snapshot", str(path), "--format", "json"))
        assert of_file.pop("source") == str(path)
        of_db.pop("source")
        assert of_file == of_db


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("lab_widee", "start"), r'no DAG lab_widee\n.*did you mean "lab_wide"'),
        (("lab_wide", "strat"), r'no task of lab_wide called strat\n.*did you mean "start"'),
        (("lab_wide", "start", "--run", "r"), "no task instance of lab_wide.start in run r"),
        (("lab_wide",), "no task is named\n.*give DAG and TASK, or --now"),
        (("lab_wide", "start", "--now"), "--now tells of everything that waits"),
    ],
)
def test_what_is_not_there_is_told_with_what_is_near(why, args, message):
    with pytest.raises(UsageError) as caught:
        why(*args)
    caught.match(message)


def test_a_history_without_rows_has_no_task_to_tell_of(why):
    with pytest.raises(UsageError, match=r"holds no task instance\n.*--since"):
        why("lab_wide", "start", since="1ms")


def test_why_needs_a_history(tune):
    with pytest.raises(UsageError, match="no history is named"):
        tune("why", "--now")
