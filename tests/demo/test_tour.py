"""The tour tells the story of a history that really happened, and every command in it works."""

from __future__ import annotations

import re
import shlex
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from airflow_tune.cli.main import application
from airflow_tune.demo.home import HISTORY, lay_out
from airflow_tune.demo.tour import tour
from airflow_tune.history.model import DagRuns, Dags, Pools, TaskInstances, Tasks
from airflow_tune.history.snapshot import read_snapshot

LARGEST_BYTES = 50_000


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("demo") / "home")


@pytest.fixture(scope="module")
def told(home):
    return tour(home, width=80, colour=False)


def test_the_history_is_the_recorded_one(home, real_history):
    assert (home / HISTORY).stat().st_size < LARGEST_BYTES
    shipped, _ = read_snapshot(home / HISTORY)
    recorded, _ = real_history("E1")
    tables = {"dags": Dags, "tasks": Tasks, "pools": Pools, "runs": DagRuns, "tries": TaskInstances}
    for table, kind in tables.items():
        for name in kind.__slots__:
            one, other = (getattr(getattr(history, table), name) for history in (shipped, recorded))
            # As text, in which what is not known equals itself.
            assert np.array_equal(np.asarray(one).astype(str), np.asarray(other).astype(str)), (table, name)


def test_it_tells_what_waited_why_and_what_to_do(told):
    steps = [told.index(f"\n{number}. ") for number in (1, 2, 3)]
    assert steps == sorted(steps)
    waited, reason, advice = told[steps[0] : steps[1]], told[steps[1] : steps[2]], told[steps[2] :]
    assert re.search(r"35m 1s +52\.6% +129 tasks +parallelism", waited)
    assert "Without pool:db_pool it could have started" in reason
    assert "core.parallelism: 8 → 12" in advice
    assert "pool:db_pool: 3 → 6" in advice


def test_no_line_is_wider_than_the_page_but_commands(told):
    # A limit's name in a table is not broken either.
    kept = ("airflow-tune ", "max_active_tis_per_dag:")
    long = [line for line in told.splitlines() if len(line) > 80 and not any(one in line for one in kept)]
    assert long == []


def commands(text):
    """Return the commands at the tour's margin and in its last part; reports name some of their own."""
    shown = re.findall(r"^\$ (airflow-tune .*)", text, re.MULTILINE)
    return shown + re.findall(r"^  (airflow-tune .*)", text[text.index("Try next") :], re.MULTILINE)


def test_every_command_of_the_tour_works(told, home, monkeypatch):
    found = commands(told)
    assert len(found) == 8
    monkeypatch.chdir(home)
    monkeypatch.setattr(sys, "argv", ["airflow-tune"])
    for line in found:
        words = shlex.split(line)[1:]
        if "--write-cfg" in words:
            words.append("--dry-run")
        if "html" in words:
            pytest.importorskip("vl_convert", reason="the extra html is not installed")
        done = CliRunner().invoke(application(), words)
        # 1 is for findings, of which the home is full.
        assert done.exit_code in (0, 1), (line, done.output)
        assert not done.exception or isinstance(done.exception, SystemExit), (line, done.exception)


def test_what_the_tour_prints_is_what_the_command_prints(told, home, monkeypatch):
    monkeypatch.chdir(home)
    line = next(line for line in commands(told) if line.startswith("airflow-tune why"))
    done = CliRunner().invoke(application(), shlex.split(line)[1:])
    assert done.stdout.strip() in told
