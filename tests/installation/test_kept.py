"""What a snapshot keeps of its installation: the same settings, lines and findings, and no secret."""

# ruff: noqa: E501 - a program stands in few lines

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application
from airflow_tune.errors import SourceError

HISTORY = Path(__file__).parents[1] / "fixtures" / "histories" / "E1" / "metadata.sqlite"
SECRETS = ("hush-comment", "hush-fernet", "hush-db", "hush-redis", "hush-env", "hush-token", "hush-url")
CFG = """\
# hush-comment
[core]
executor = CeleryExecutor
parallelism = 8
fernet_key = hush-fernet
[database]
sql_alchemy_conn = postgresql://airflow:hush-db@dbhost/airflow
sql_alchemy_pool_size = 7
[celery]
broker_url = redis://:hush-redis@redishost:6379/0
worker_concurrency = 12
[scheduler]
parsing_processes = 4
[operators]
default_queue = default
[logging]
remote_base_log_folder = https://u:hush-url@logs.example/x
task_log_prefix_template = first
    second
[mine]
my_token = hush-token
"""
ENV = {"AIRFLOW__CORE__PARALLELISM": "9", "AIRFLOW__API__SECRET_KEY": "hush-env", "OTHER": "hush-env"}


@pytest.fixture
def home(tmp_path):
    (tmp_path / "airflow.cfg").write_text(CFG, encoding="utf-8")
    shutil.copy(HISTORY, tmp_path / "metadata.sqlite")
    return tmp_path


@pytest.fixture
def tune(monkeypatch):
    def run(*args, env=ENV):
        with monkeypatch.context() as patch:
            for name, value in env.items():
                patch.setenv(name, value)
            found = CliRunner().invoke(application(), list(args))
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found.stdout

    return run


@pytest.fixture
def live(home):
    return ("--db", f"sqlite:///{home / 'metadata.sqlite'}", "--since", "36500d", "--airflow-home", str(home))


@pytest.fixture
def snapshot(tune, live, home):
    def write(*args):
        tune("snapshot", str(home / "s.zip"), *live, *args)
        return home / "s.zip"

    return write


def without_origins(value):
    """Return a report without where its values were read, which differs, and notes on that."""
    left_out = {"origin", "notes", "source", "cfg", "home"}
    if isinstance(value, dict):
        return {
            key: without_origins(one)
            for key, one in value.items()
            if key not in left_out and not key.endswith("_origin")
        }
    return [without_origins(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "command", [("analyze", "--fail-on", "never"), ("recommend",)], ids=lambda one: one[0]
)
def test_a_command_says_the_same_by_snapshot_as_by_db(tune, live, snapshot, command):
    path = snapshot()
    of_db = json.loads(tune(*command, *live, "--format", "json"))
    of_file = json.loads(tune(*command, "--snapshot", str(path), "--format", "json", env={}))
    assert without_origins(of_file) == without_origins(of_db)


def test_lines_and_variables_are_those_of_the_writer(tune, snapshot):
    text = tune("analyze", "--snapshot", str(snapshot()), "--fail-on", "never", env={})
    assert "core.parallelism = 9 (default 32; AIRFLOW__CORE__PARALLELISM)" in text
    assert "celery.worker_concurrency = 12" in text
    assert "airflow.cfg:11)" in text


def test_flags_go_before_what_the_snapshot_keeps(tune, snapshot, tmp_path):
    path = snapshot()
    other = tmp_path / "other.cfg"
    other.write_text("[core]\nparallelism = 5\n", encoding="utf-8")
    by = ("analyze", "--fail-on", "never", "--snapshot", str(path))
    assert "core.parallelism = 5" in tune(*by, "--cfg", str(other), env={})
    text = tune(*by, "--cores", "31", "--memory", "77GiB", env={})
    assert "31 (--cores)" in text
    assert "77 GiB (--memory)" in text


@pytest.mark.parametrize("args", [(), ("--anonymize",)], ids=["named", "anonymous"])
def test_no_secret_is_kept(snapshot, args):
    with zipfile.ZipFile(snapshot(*args)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode("latin-1")
    assert [secret for secret in SECRETS if secret in everything] == []


def test_an_anonymous_snapshot_keeps_numbers_and_names_nothing(tune, snapshot, home):
    path = snapshot("--anonymize")
    with zipfile.ZipFile(path) as archive:
        told = archive.read("header.json").decode()
    named = ("dbhost", "redishost", "logs.example", str(home), "db_pool", "my_token", "/proc", "/sys")
    assert [name for name in named if name in told] == []
    text = tune("analyze", "--snapshot", str(path), "--fail-on", "never", env={})
    assert "core.parallelism = 9" in text
    assert "scheduler.parsing_processes has no effect" in text
    assert "pool-1" in text


def test_an_installation_that_is_none_is_refused(tune, snapshot, tmp_path):
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(snapshot()) as archive, zipfile.ZipFile(broken, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name).replace(b'"settings"', b'"nothing"'))
    with pytest.raises(SourceError, match="does not say what it was taken from"):
        tune("analyze", "--snapshot", str(broken))


def test_a_snapshot_killed_half_way_is_not_there_and_the_one_before_stays(live, snapshot):
    path = snapshot()
    before = path.read_bytes()
    # Slowed down, so that the kill meets it while it writes.
    code = (
        "import sys, time\nfrom airflow_tune.history import snapshot as s\nold = s.npy.write_array\n"
        "def slow(*a, **k):\n    print('writing', flush=True)\n    time.sleep(0.2)\n    return old(*a, **k)\n"
        "s.npy.write_array = slow\nfrom airflow_tune.cli.main import application\napplication()(sys.argv[1:])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "snapshot", str(path), *live],
        stdout=subprocess.PIPE,
        env={**os.environ, **ENV},
    )
    assert process.stdout.readline() == b"writing\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert path.read_bytes() == before
