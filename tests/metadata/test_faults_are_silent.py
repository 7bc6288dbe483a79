"""Whatever goes wrong: what is printed, its traceback and what is written hold no password and no token."""

from __future__ import annotations

import shutil
import sqlite3
import traceback
import zipfile
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application
from airflow_tune.errors import TuneError

HISTORY = Path(__file__).parents[1] / "fixtures" / "histories" / "E1" / "metadata.sqlite"
DB_PASSWORD = "bait/pa:ss@wörd%"
API_PASSWORD, TOKEN = "s3cret/Wort", "t-oken/Wort 1"
ALL = ("--since", "36500d")


def spellings(secret):
    return {secret, quote(secret, safe=""), quote_plus(secret), secret.encode().hex()}


BAIT = set().union(*map(spellings, (DB_PASSWORD, API_PASSWORD, TOKEN, f"{API_PASSWORD}!")))


@pytest.fixture
def printed(tmp_path, monkeypatch):
    """Return a function that runs a command as --debug does, and returns its exit code and all it says."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))

    def run(*args, **env):
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        found = CliRunner().invoke(application(), ["--debug", *map(str, args)])
        said = [found.output]
        if found.exc_info and not isinstance(found.exception, SystemExit | None):
            said.append("".join(traceback.format_exception(*found.exc_info)))
            assert isinstance(found.exception, TuneError), "".join(said)
        text = "".join(said)
        assert [secret for secret in BAIT if secret in text] == []
        return getattr(found.exception, "exit_code", found.exit_code), text

    return run


@pytest.fixture
def hasty(monkeypatch):
    session = pytest.importorskip("airflow_tune.api.session", exc_type=Exception)
    quick = session.PATIENT.new(total=1, backoff_factor=0, backoff_jitter=0)
    monkeypatch.setattr(session, "PATIENT", quick)
    monkeypatch.setattr(session, "HASTY", quick)


COMMANDS = [("why", "--now"), ("analyze",), ("recommend",), ("snapshot", "FILE")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "no table"),
        ({"airflow:": "airflow:x"}, "password"),
        ({"/airflow?": "/nowhere?"}, "does not exist"),
        ({"?": "/gone?"}, "could not be reached"),
    ],
    ids=["not Airflow's", "wrong password", "wrong database", "no such database"],
)
def test_a_database_at_fault(printed, postgres_url, tmp_path, command, change, said):
    url = postgres_url.replace("/airflow?", "/other?") if not change else postgres_url
    for old, new in change.items():
        url = url.replace(old, new, 1)
    args = [str(tmp_path / "s.zip") if one == "FILE" else one for one in command]
    code, text = printed(*args, "--db", url)
    assert code == 3
    assert said in text
    assert list(tmp_path.glob("*.zip")) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
@pytest.mark.parametrize(
    "fault", ["wrong password", "wrong token", "forbidden", "dies half way", "fails", "no TLS", "not Airflow"]
)
@pytest.mark.usefixtures("hasty")
def test_an_api_server_at_fault(printed, stand_in, tmp_path, command, fault):
    server = stand_in()
    url = server.url.replace("://", f"://ada:{quote(API_PASSWORD, safe='')}@")
    env = {}
    if fault == "wrong password":
        url = url.replace("Wort@", "Wort!@")
    elif fault == "wrong token":
        url, env = server.url, {"AIRFLOW_TUNE_API_TOKEN": TOKEN}
    elif fault == "forbidden":
        server.forbidden = True
    elif fault in {"dies half way", "fails"}:
        server.faults = [*[None] * 6, *["reset" if fault == "dies half way" else 500] * 500]
    elif fault == "no TLS":
        url = url.replace("http:", "https:")
    else:
        url += "/elsewhere"
    args = [str(tmp_path / "s.zip") if one == "FILE" else one for one in command]
    code, text = printed(*args, "--api", url, "--api-page-limit", "20", *ALL, **env)
    assert code == 3
    assert "→" in text
    assert list(tmp_path.glob("*.zip")) == []


ODD = {
    "no rows": ("DELETE FROM task_instance", "DELETE FROM task_instance_history", "DELETE FROM dag_run"),
    "newer schema": (
        "ALTER TABLE task_instance ADD COLUMN brand_new TEXT",
        "UPDATE alembic_version SET version_num = 'ffffffffffff'",
    ),
    "end before start": ("UPDATE task_instance SET end_date = '2026-11-23 11:00:00.000000'",),
    "clocks backwards": (
        "UPDATE task_instance SET start_date = '2026-11-23 12:00:00.000000'",
        "UPDATE task_instance SET queued_dttm = '2026-11-23 12:30:00.000000'",
        "UPDATE task_instance SET scheduled_dttm = '2026-11-23 13:00:00.000000'",
    ),
    "running": (
        "UPDATE task_instance SET end_date = NULL, state = 'running'",
        "UPDATE dag_run SET end_date = NULL",
    ),
    "without edges": ("DELETE FROM serialized_dag",),
    "unknown states": ("UPDATE task_instance SET state = 'dreaming'",),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_history_is_told_of_from_every_source(printed, stand_in, tmp_path, name):
    path = tmp_path / "odd.sqlite"
    shutil.copy(HISTORY, path)
    server = stand_in()
    for file in (path, server.path):
        with closing(sqlite3.connect(file)) as connection:
            for statement in ODD[name]:
                connection.execute(statement)
            connection.commit()
    taken = tmp_path / "s.zip"
    url = f"sqlite:///{path}?password={quote(DB_PASSWORD, safe='')}"
    env = {"AIRFLOW_TUNE_API_USER": "ada", "AIRFLOW_TUNE_API_PASSWORD": API_PASSWORD}
    assert printed("snapshot", taken, "--db", url, *ALL)[0] == 0
    with zipfile.ZipFile(taken) as archive:
        kept = b"".join(archive.read(one) for one in archive.namelist()).decode("latin-1")
    assert [secret for secret in BAIT if secret in kept] == []
    for source in (("--db", url, *ALL), ("--api", server.url, *ALL), ("--snapshot", taken)):
        code, text = printed("analyze", *source, "--fail-on", "never", **env)
        assert (code, "waited" in text or "no task instance" in text) == (0, True)
        assert printed("why", "--now", *source)[0] == 0
        assert printed("recommend", *source)[0] == 0
