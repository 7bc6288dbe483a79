"""Whole runs that are kept: recalled while nothing changed, and never when anything did."""

from __future__ import annotations

import itertools
import os
import pickle
import shutil
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_tune.lint.catalog import BUILT_IN
from airflow_tune.lint.project import Knowledge
from airflow_tune.linter.cache import Cache
from airflow_tune.linter.config_file import Configs
from airflow_tune.linter.memory import memory_of
from airflow_tune.linter.request import Chosen, Request
from airflow_tune.linter.run import run

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
SOON_NS = 60 * 10**9
DAG = """import time
from helpers import NAME, WAIT
from airflow import DAG
dag = DAG(NAME, catchup=True, schedule="@daily")
time.sleep(WAIT)
"""
FILES = {
    "dags/a.py": DAG,
    "dags/helpers.py": "NAME = open('dags/name.txt').read()\nWAIT = 1\n",
    "dags/name.txt": "one",
    "dags/team/b.py": DAG.replace("DAG(NAME", "DAG('b'"),
    "dags/team/__init__.py": "",
    "pyproject.toml": "[tool.airflow-tune.lint]\nignore = ['AFT302']\n",
}
CONTENTS = (
    DAG,
    DAG.replace("time.sleep(WAIT)", "time.sleep(20)"),
    "x = 1\n",
    "",
    "from helpers import *\nNAME = 'two'\nWAIT = 2\n",
    "[tool.airflow-tune.lint]\nselect = ['AFT3']\n",
    "[lint]\nexclude = ['**/team/*']\n",
    "team/\n",
    "b.py\na\n",
    "not python (",
)
NAMES = (
    *FILES, "dags/.airflowignore", "dags/team/.airflowignore", "dags/team/airflow-tune.toml", "dags/new.py",
    "dags/yaml.py", "dags/time.py", "dags/helpers/__init__.py", "plugins/helpers.py", "helpers.py",
    "dags/c/d.py", ".airflowignore", "__init__.py",
)  # fmt: skip


def write(home, files):
    for name, content in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


@pytest.fixture
def home(tmp_path):
    write(tmp_path / "home", FILES)
    return tmp_path / "home"


def request(home, cache, **given):
    kept = {"chosen": Chosen(), "knowledge": Knowledge(NOW), "configs": Configs(BUILT_IN), **given}
    return Request([home / "dags"], BUILT_IN, kept["configs"], kept["knowledge"], kept["chosen"], cache=cache)


def later(folder):
    """Return the cache as a run some time later has it: what was written just now has settled."""
    return Cache(folder, "generation", began_ns=time.time_ns() + SOON_NS)


def told(outcome):
    return outcome.findings, outcome.files, outcome.notes, [str(one) for one in outcome.problems]


def test_a_second_run_reads_no_file(home, tmp_path, monkeypatch):
    first = run(request(home, later(tmp_path / "cache")))
    assert "AFT303" in {one.code for one in first.findings}
    asked = request(home, later(tmp_path / "cache"))
    monkeypatch.setattr("airflow_tune.linter.run.listing", None)
    assert told(run(asked)) == told(first)
    assert [one.file for one in asked.configs.used()] == [home / "pyproject.toml"]


def test_what_changed_a_moment_ago_is_not_trusted(home, tmp_path):
    asked = request(home, Cache(tmp_path / "cache", "generation"))
    run(asked)
    assert memory_of(asked).recalled() is None


def change(home, name, content):
    """Write a file, or remove it or its folder."""
    path = home / name
    if content is not None:
        if path.parent.is_file():
            path.parent.unlink()
        if not path.is_dir():
            write(home, {name: content})
    elif path.is_file():
        path.unlink()
    elif path.parent.is_dir() and path.parent.name not in {"dags", home.name}:
        shutil.rmtree(path.parent)


CHANGE = st.tuples(st.sampled_from(NAMES), st.sampled_from((None, *CONTENTS)))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CHANGE, min_size=1, max_size=6))
def test_it_never_differs_from_a_run_without_it(changes):
    with tempfile.TemporaryDirectory() as made:
        home, cache = Path(made, "home"), Path(made, "cache")
        write(home, FILES)
        for name, content in [("dags/a.py", DAG), *changes]:
            change(home, name, content)
            anew = told(run(request(home, None)))
            assert told(run(request(home, later(cache)))) == anew
            asked = request(home, later(cache))
            if not anew[-1]:
                assert memory_of(asked).recalled() is not None
            assert told(run(asked)) == anew


def test_a_link_to_elsewhere_is_followed(home, tmp_path):
    for number in (1, 2):
        write(tmp_path / f"v{number}", {"e.py": DAG.replace("DAG(NAME", f"DAG('e{number}'")})
    link = home / "dags" / "current"
    findings = []
    for number in itertools.islice(itertools.cycle((1, 2)), 4):
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path / f"v{number}")
        anew = told(run(request(home, None)))
        assert told(run(request(home, later(tmp_path / "cache")))) == anew
        findings.append(anew)
    assert findings[0] == findings[2]


def test_flags_days_and_generations_have_runs_of_their_own(home, tmp_path):
    cache = later(tmp_path / "cache")
    run(request(home, cache))
    others = (
        request(home, cache, chosen=Chosen(ignore=("AFT303",))),
        request(home, cache, knowledge=Knowledge(datetime(2026, 1, 2, tzinfo=timezone.utc))),
        request(home, cache, configs=Configs(BUILT_IN, Configs(BUILT_IN).of_folder(Path("/")))),
        request(home, Cache(cache.folder, "other")),
    )
    assert memory_of(request(home, cache)).recalled() is not None
    assert [memory_of(one).recalled() for one in others] == [None] * len(others)


@pytest.mark.parametrize("data", [b"", b"x", pickle.dumps(3), pickle.dumps(print)])
def test_a_broken_one_is_done_again(home, tmp_path, data):
    first = run(request(home, later(tmp_path / "cache")))
    (kept,) = (tmp_path / "cache").glob("run-*")
    kept.write_bytes(data)
    assert told(run(request(home, later(tmp_path / "cache")))) == told(first)


def test_nothing_is_kept_of_what_hangs_on_more(home, tmp_path):
    cache = later(tmp_path / "cache")
    named = Request([home / "dags" / "a.py"], BUILT_IN, Configs(BUILT_IN), Knowledge(NOW), cache=cache)
    pools = request(home, cache, knowledge=Knowledge(NOW, pools={}))
    assert memory_of(named) is memory_of(pools) is None
    assert memory_of(request(home, None)) is None
    assert os.listdir(tmp_path) == ["home"]  # noqa: PTH208 - names
