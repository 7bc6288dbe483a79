"""The past on the command line: real histories of Airflow 3.3.2, from the DB and from snapshots."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application
from airflow_tune.errors import SourceError, UnitError, UsageError

FIXTURES = Path(__file__).parents[1] / "fixtures"
CFG = "[core]\nexecutor = LocalExecutor\nparallelism = 8\n"
ALL = ("--since", "36500d")


@pytest.fixture
def home(tmp_path):
    (tmp_path / "airflow.cfg").write_text(CFG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def db(tmp_path):
    # A copy, because reading leaves SQLite's own files beside it.
    path = tmp_path / "metadata.sqlite"
    shutil.copy(FIXTURES / "histories" / "E1" / "metadata.sqlite", path)
    return path


@pytest.fixture
def url(db):
    return f"sqlite:///{db}"


@pytest.fixture
def tune(home):
    def run(command, *args):
        found = CliRunner().invoke(application(), [command, *args, "--airflow-home", str(home)])
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found

    return run


@pytest.fixture
def analyzed(tune):
    def run(*args):
        found = tune("analyze", "--format", "json", "--fail-on", "never", *args)
        return json.loads(found.stdout)

    return run


@pytest.fixture
def snapshot(tune, url, tmp_path):
    path = tmp_path / "history.zip"
    tune("snapshot", str(path), "--db", url, *ALL)
    return path


def execute(db, *statements):
    with contextlib.closing(sqlite3.connect(db)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_analyze_says_where_the_waiting_went_and_what_mending_saves(tune, url):
    found = tune("analyze", "--db", url, *ALL, "--fail-on", "never").stdout
    lines = found[found.index("Where the waiting went") :].splitlines()
    assert "137 task instances of 14 DAG runs waited 1h 7m" in lines[1]
    assert url.replace("sqlite", "sqlite+pysqlite", 1) in lines[2]
    assert lines[3].split() == ["waited", "share", "held", "limit"]
    assert lines[4].split() == ["35m", "1s", "52.6%", "129", "tasks", "parallelism"]
    assert "AFH01 limit-holds (framework), saves up to 13m 9s" in found
    assert "AFH04 serial-chain (application), saves up to 53.7s" in found
    assert found.rstrip().endswith("Next: airflow-tune recommend")


def test_the_first_screen_holds_the_answer(tune, url):
    screen = tune("analyze", "--db", url, *ALL, "--fail-on", "never").stdout.splitlines()[:24]
    answer = screen[: next(at for at, line in enumerate(screen) if line.startswith("Airflow  "))]
    assert max(map(len, answer)) <= 80
    assert [line.split()[-1] for line in screen[4:6]] == ["parallelism", "pool:db_pool"]
    assert any("raise core.parallelism" in line for line in screen)
    assert sum("saves up to" in line for line in screen) == 3


def test_figures_are_listed_by_part(tune, analyzed, url):
    args = ("--db", url, *ALL, "--fail-on", "never")
    kpis = analyzed("--db", url, *ALL)["history"]["kpis"]
    for by in ("dag", "task", "operator", "pool", "queue", "hour"):
        text = tune("analyze", *args, "--by", by).stdout
        name = kpis[f"{by}s"][0]["name"]
        assert any(line.split()[-1:] == [name] for line in text.splitlines()), by
    assert "installation" in tune("analyze", *args).stdout
    with pytest.raises(UsageError, match="lists figures of the past"):
        tune("analyze", "--by", "dag")


def test_why_tasks_failed_is_read_from_their_logs_and_kept_in_a_snapshot(tune, analyzed, url, home, tmp_path):
    log = home.joinpath("logs", "dag_id=lab_retry", "run_id=lab__1", "task_id=flaky", "attempt=1.log")
    log.parent.mkdir(parents=True)
    log.write_text('{"event": "x", "error_detail": [{"exc_type": "ConnectionError", "exc_value": ""}]}\n')
    by_default = analyzed("--db", url, *ALL)["history"]["failures"]
    assert [(one["cause"], one["tries"]) for one in by_default["classes"]] == [("network", 1)]
    elsewhere = tmp_path / "empty"
    elsewhere.mkdir()
    assert analyzed("--db", url, *ALL, "--logs", str(elsewhere))["history"]["failures"]["traced"] == 0
    tune("snapshot", str(tmp_path / "s.zip"), "--db", url, *ALL)
    kept = analyzed("--snapshot", str(tmp_path / "s.zip"))["history"]
    assert kept["failures"] == by_default
    with pytest.raises(UsageError, match="no such folder"):
        tune("analyze", "--db", url, *ALL, "--logs", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match="of a history"):
        tune("analyze", "--logs", str(elsewhere))


def test_the_waits_by_limit_sum_to_the_total_largest_first(analyzed, url):
    history = analyzed("--db", url, *ALL)["history"]
    seconds = [one["seconds"] for one in history["waits"]["by_limit"]]
    assert seconds == sorted(seconds, reverse=True)
    assert sum(seconds) == pytest.approx(history["waits"]["total_s"])
    assert history["since_s"] == 36500 * 86400
    assert (history["task_instances"], history["dag_runs"]) == (137, 14)
    saved = [one["saved_s"] for one in history["findings"]]
    assert saved == sorted(saved, reverse=True)
    assert saved[0] > 0


def test_findings_of_the_past_decide_the_exit_code_too(tune, db, tmp_path):
    empty = tmp_path / "empty.sqlite"
    shutil.copy(db, empty)
    execute(empty, "DELETE FROM task_instance", "DELETE FROM task_instance_history", "DELETE FROM dag_run")
    fitting = ("--cores", "64", "--memory", "512GiB", "--airflow-version", "3.3.2", "--fail-on", "warn")
    # Nothing but the past tells both runs apart.
    codes = [tune("analyze", *fitting, "--db", f"sqlite:///{path}", *ALL).exit_code for path in (db, empty)]
    assert codes == [1, 0]


def test_without_a_db_there_is_no_history(analyzed):
    assert analyzed()["history"] is None


def test_a_db_without_rows_gives_a_note(analyzed, tune, url):
    found = analyzed("--db", url, "--since", "1ms")
    history = found["history"]
    assert (history["task_instances"], history["dag_runs"]) == (0, 0)
    assert (history["waits"]["total_s"], history["waits"]["by_limit"]) == (0.0, [])
    assert history["findings"] == []
    assert "the history holds no task instance (--since reaches further)" in found["notes"]
    text = tune("analyze", "--db", url, "--since", "1ms", "--fail-on", "never").stdout
    assert "0 task instances of 0 DAG runs waited 0s in the last 1ms" in text


def test_a_db_that_cannot_give_a_history_gives_a_note(analyzed, db, url):
    execute(db, "DROP TABLE task_instance")
    found = analyzed("--db", url)
    assert found["history"] is None
    assert any(note.startswith("the history could not be read: ") for note in found["notes"])


def test_a_window_longer_than_the_calendar_reads_everything(analyzed, url):
    assert analyzed("--db", url, "--since", "99999999d")["history"]["task_instances"] == 137


def test_since_without_a_db_is_refused(tune, snapshot):
    for args in ((), ("--snapshot", str(snapshot))):
        with pytest.raises(UsageError, match="--since chooses how much of a metadata DB is read") as caught:
            tune("analyze", "--since", "1d", *args)
        assert "give it with --db" in str(caught.value)


def test_since_that_is_no_duration_is_refused(tune, url):
    with pytest.raises(UnitError, match="--since"):
        tune("analyze", "--db", url, "--since", "soon")


def test_numpy_is_imported_only_where_there_is_a_past(home):
    code = (
        "import sys\nfrom airflow_tune.cli.main import application\napp = application()\n"
        "try:\n    app(['analyze', '--fail-on', 'never', '-o', sys.argv[1]])\n"
        "except SystemExit:\n    pass\n"
        "print(sorted({'numpy', 'sqlalchemy'} & sys.modules.keys()))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(home / "report")],
        env={**os.environ, "AIRFLOW_HOME": str(home)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout == "[]\n"
    assert (home / "report").exists()


def test_a_snapshot_gives_the_same_waits_as_its_db(analyzed, snapshot, url, home):
    of_db = analyzed("--db", url, *ALL)["history"]
    # What ran the history counts, not what is set where the snapshot is read.
    (home / "airflow.cfg").write_text("[core]\nparallelism = 2\n", encoding="utf-8")
    of_file = analyzed("--snapshot", str(snapshot))["history"]
    assert of_file.pop("source") == str(snapshot)
    of_db.pop("source")
    assert of_file == of_db


def test_the_snapshot_command_says_what_it_wrote(home, url, tmp_path):
    # A process of its own, since old runners mix the streams.
    path = tmp_path / "history.zip"
    command = [sys.executable, "-m", "airflow_tune", "snapshot", str(path), "--db", url, *ALL]
    found = subprocess.run(
        [*command, "--airflow-home", str(home)], capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
    assert f"Wrote {path}: 138 task instances of 14 DAG runs, " in found.stderr


def test_an_anonymous_snapshot_waits_as_long_and_names_nothing(tune, analyzed, snapshot, url, tmp_path):
    path = tmp_path / "anonymous.zip"
    tune("snapshot", str(path), "--db", url, *ALL, "--anonymize")
    named, unnamed = (analyzed("--snapshot", str(one))["history"] for one in (snapshot, path))
    assert unnamed["waits"]["total_s"] == named["waits"]["total_s"]
    for key in ("seconds", "task_instances"):
        limits = [sorted(one[key] for one in each["waits"]["by_limit"]) for each in (named, unnamed)]
        assert limits[0] == limits[1]
    with zipfile.ZipFile(path) as archive:
        told = archive.read("header.json").decode()
    assert "lab_wide" not in told
    assert "db_pool" not in told
    assert "metadata.sqlite" not in told


def test_a_snapshot_tells_lint_how_large_results_are(tune, db, url, tmp_path):
    with contextlib.closing(sqlite3.connect(db)) as connection, connection:
        (dag, task) = connection.execute("SELECT dag_id, task_id FROM task_instance").fetchone()
        connection.execute("CREATE TABLE xcom (dag_run_id INTEGER, dag_id TEXT, task_id TEXT, value BLOB)")
        rows = [(run, dag, task, b"x" * 9_000_000) for run in range(3)]
        connection.executemany("INSERT INTO xcom VALUES (?, ?, ?, ?)", rows)
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "pushes.py").write_text(
        "import pandas as pd\nfrom airflow import DAG\nfrom airflow.operators.python import PythonOperator\n"
        "def frame():\n    return pd.read_csv('/data/x.csv')\n"
        f"with DAG({dag!r}):\n    PythonOperator(task_id={task!r}, python_callable=frame)\n",
        encoding="utf-8",
    )
    files = {args: str(tmp_path / f"{len(args)}.zip") for args in ((), ("--anonymize",))}
    for args, file in files.items():
        tune("snapshot", file, "--db", url, *ALL, *args)
    ways = (("--db", url, *ALL), *(("--snapshot", file) for file in files.values()))
    lint = ["lint", str(tmp_path / "dags"), "--select", "AFT806", "--no-cache"]
    found = [CliRunner().invoke(application(), [*lint, *way]).stdout for way in ways]
    assert ["so far" in " ".join(one.split()) for one in found] == [True, True, False]
    assert found[0] == found[1]
    with zipfile.ZipFile(files["--anonymize",]) as archive:
        ((told, *sizes),) = json.loads(archive.read("header.json"))["extra"]["xcoms"]
    assert told.startswith("dag-")
    assert sizes[1:] == [3, 9_000_000, 9_000_000.0]


def test_a_snapshot_of_no_db_is_refused(tune, tmp_path):
    with pytest.raises(UsageError, match="no history is named") as caught:
        tune("snapshot", str(tmp_path / "history.zip"))
    assert "--db URL" in str(caught.value)


def test_a_snapshot_of_a_db_without_a_history_is_refused(tune, db, url, tmp_path):
    execute(db, "DROP TABLE task_instance")
    with pytest.raises(SourceError, match="no table task_instance"):
        tune("snapshot", str(tmp_path / "history.zip"), "--db", url)
    assert not (tmp_path / "history.zip").exists()


def test_a_snapshot_that_is_none_ends_the_run(tune, home):
    with pytest.raises(SourceError, match="no whole snapshot"):
        tune("analyze", "--snapshot", str(home / "airflow.cfg"))


def test_a_snapshot_with_another_machinery_is_refused(tune, snapshot, tmp_path):
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(snapshot) as archive, zipfile.ZipFile(broken, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            copy.writestr(name, data.replace(b"LocalExecutor", b"FlyingExecutor"))
    with pytest.raises(SourceError, match="does not say which executor ran it"):
        tune("analyze", "--snapshot", str(broken))
