"""`bench` as a user calls it: what it refuses before anything is measured, and what it prints."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from airflow_tune.bench.catalog import NAMES
from airflow_tune.bench.measure import effort
from airflow_tune.bench.workload import Length
from airflow_tune.errors import BenchError, SourceError, UsageError
from airflow_tune.suite.document import read_suite

SUBJECT = """
import time

def twice(items):
    return [item["n"] * 2 for item in items]

def twice_items(count):
    return [{"n": number} for number in range(count)]

def nothing():
    time.sleep(0.001)

def broken(items):
    raise ValueError("no such customer")

def hangs(items):
    time.sleep(60)

THING = 3
"""
QUICKLY = ("--quick", "--timeout", "20s")


@pytest.fixture
def subject(tmp_path, monkeypatch):
    """A folder of the user's with a module of functions, where the command is called."""
    (tmp_path / "subject.py").write_text(SUBJECT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def brief(monkeypatch):
    """Let a quick run be over in two rounds."""
    least = replace(effort.BUDGETS[Length.QUICK], least_rounds=1, most_rounds=2)
    monkeypatch.setitem(effort.BUDGETS, Length.QUICK, least)


def test_the_workloads_are_listed_with_what_they_ask(tune):
    said = tune("bench", "--list").stdout
    assert all(name in said for name in NAMES)
    assert "?" in said
    found = json.loads(tune("bench", "--list", "--format", "json").stdout)
    assert found["schema"] == "airflow-tune/bench-list/1"
    assert [one["name"] for one in found["workloads"]] == list(NAMES)


@pytest.mark.parametrize(
    ("flags", "error", "message"),
    [
        (["--only", "list-vs-generatr"], UsageError, 'did you mean "list-vs-generator"?'),
        (["--skip", "none"], UsageError, 'there is no workload "none"'),
        (["--only", "cache", "--skip", "cache"], UsageError, "no workload is left"),
        (["--quick", "--rigorous"], UsageError, "exclude each other"),
        (["--timeout", "0s"], UsageError, "in no time"),
        (["--timeout", "soon"], UsageError, "is no duration"),
        (["--db-url", "postgresql://u:geheim@127.0.0.1:1/x"], SourceError, "127.0.0.1"),
        (["--airflow-python", "/nowhere/python"], BenchError, "No such file"),
        (["--callable", "subject"], BenchError, "package.module:function"),
        (["--callable", "nowhere.at.all:f"], BenchError, 'there is no module "nowhere"'),
        (["--callable", "subject:missing"], BenchError, '"missing" is not there in subject'),
        (["--callable", "subject:THING"], BenchError, '"THING" is no function in subject'),
        (["--callable", "subject:broken"], BenchError, "ValueError: no such customer"),
        (["--callable", "subject:hangs", "--timeout", "2s"], BenchError, "ended after 2s (--timeout)"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("subject")
def test_what_cannot_be_measured_is_refused_first(tune, flags, error, message):
    with pytest.raises(error) as told:
        tune("bench", *flags)
    assert message in str(told.value)
    assert "→" in str(told.value)
    assert "geheim" not in str(told.value)


def test_a_python_without_airflow_is_refused(tune, tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    with pytest.raises(BenchError, match="this Python has no Airflow"):
        tune("bench", "--airflow-python", python)


def test_a_redis_that_is_not_there_is_refused(tune):
    pytest.importorskip("redis")
    with pytest.raises(
        SourceError, match=r"--redis-url redis://:\*\*\*@127.0.0.1:1/0: Redis could not be reached"
    ):
        tune("bench", "--redis-url", "redis://:geheim@127.0.0.1:1/0")


def test_where_nothing_temporary_can_be_written_the_user_is_told(tune, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    with pytest.raises(BenchError, match=r"/nowhere/at/all: no temporary folder can be made"):
        tune("bench", "--only", "list-vs-generator")


@pytest.mark.usefixtures("subject", "brief")
def test_the_users_own_function_is_measured_over_batches(tune, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    done = tune(
        "bench",
        "--callable",
        "subject:twice",
        "--skip",
        "callable-processes",
        *QUICKLY,
        "-o",
        "b.json",
        "--format",
        "json",
    )
    assert done.exit_code == 0
    (workload,) = read_suite(tmp_path / "b.json").workloads
    assert (workload.name, workload.axis) == ("callable-batch", "items")
    assert [one.scale for one in workload.variants] == [1, 10, 100, 1000]
    assert all(one.kept_s for one in workload.variants)
    assert workload.answer
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.json", "subject.py"]


@pytest.mark.usefixtures("subject", "brief")
def test_a_function_that_takes_nothing_is_measured_over_processes(tune):
    done = tune("bench", "--callable", "subject:nothing", "--skip", "callable-batch", *QUICKLY)
    assert done.exit_code == 0
    assert "your function" in done.stdout


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(
    ("report_format", "starts"), [("text", ""), ("json", "{"), ("html", "<!"), ("markdown", "#")]
)
def test_every_format_can_be_had(tune, report_format, starts):
    if report_format == "html":
        pytest.importorskip("jinja2")
    done = tune("bench", "--only", "list-vs-generator", "--quick", "--format", report_format)
    assert done.exit_code == 0
    assert done.stdout.startswith(starts)
    assert "hand rows on one at a time" in done.stdout
