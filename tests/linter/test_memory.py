"""Whole runs that are kept: recalled while nothing changed, and never when anything did."""

from __future__ import annotations

import itertools
import os
import pickle
import shutil
import tempfile
import time
from contextlib import suppress
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
    "[lint]\nbaseline = 'known.json'\n",
    "[tool.airflow-tune.lint]\nbaseline = 'known.json'\n",
    "team/\n",
    "b.py\na\n",
    "not python (",
)
NAMES = (
    *FILES, "dags/.airflowignore", "dags/team/.airflowignore", "dags/team/airflow-tune.toml", "dags/new.py",
    "dags/zoo/g.py",
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


def answered(asked):
    """Return what a run tells, and the baselines that its configurations name, of which the first counts."""
    return *told(run(asked)), [one.baseline for one in asked.configs.used() if one.baseline]


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


def written(path, content):
    """Write a file, making room for it."""
    if path.parent.is_file():
        path.parent.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def removed(path, _):
    """Remove a file, or the folder around one that is not there."""
    if path.is_file() or path.is_symlink():
        path.unlink()
    elif path.parent.name not in {"dags", "home"}:
        shutil.rmtree(path.parent)


def renamed(path, other):
    other.parent.mkdir(parents=True, exist_ok=True)
    path.rename(other)


def touched(path, _):
    path.touch(exist_ok=True)


def aged(path, _):
    os.utime(path, (0, 0))


def rewritten(path, content):
    """Write a file that is as large and looks as old as before."""
    before = path.stat()
    path.write_text(content[: before.st_size].ljust(before.st_size, "\n"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def swapped(path, content):
    """Put another file of the same size and age in a file's place."""
    new = path.with_name("new")
    shutil.copy2(path, new)
    rewritten(new, content)
    new.replace(path)


def linked(path, other):
    """Put a link in a path's place; it may lead to a folder, nowhere, or in a circle."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(other)


def hard_linked(path, other):
    path.unlink(missing_ok=True)
    path.hardlink_to(other)


PLACES = (*NAMES, "dags/team", "dags/helpers", "dags/c", "dags/current", "plugins")
TARGETS = (*PLACES, "dags", "dags/nowhere", "elsewhere/f.py", "elsewhere")
CHANGE = st.one_of(
    st.tuples(st.sampled_from((written, written, rewritten, swapped)), st.sampled_from(NAMES),
              st.sampled_from(CONTENTS)),
    st.tuples(st.sampled_from((removed, touched, aged)), st.sampled_from(NAMES), st.none()),
    st.tuples(st.sampled_from((renamed, linked, hard_linked)), st.sampled_from(PLACES),
              st.sampled_from(TARGETS).map(Path)),
)  # fmt: skip


def change(home, kind, name, given):
    """Do something to a project, if it can be done."""
    with suppress(OSError):
        kind(home / name, home / given if isinstance(given, Path) else given)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CHANGE, min_size=1, max_size=6))
def test_it_never_differs_from_a_run_without_it(changes):
    with tempfile.TemporaryDirectory() as made:
        home, cache = Path(made, "home"), Path(made, "cache")
        write(home, {**FILES, "elsewhere/f.py": DAG.replace("DAG(NAME", "DAG('f'")})
        for each in [(touched, "dags/a.py", None), *changes]:
            change(home, *each)
            anew = answered(request(home, None))
            assert answered(request(home, later(cache))) == anew
            if not anew[3]:
                assert memory_of(request(home, later(cache))).recalled() is not None
            assert answered(request(home, later(cache))) == anew


ROOM = 400
SLEEPS = "import time\nfrom airflow import DAG\ndag = DAG('{}', schedule='@daily')\ntime.sleep({})\n"
EDITED = {
    "dags/a.py": SLEEPS.format("a", 30),
    "dags/helpers.py": "NAME = 'other'\nWAIT = 9\n",
    "dags/name.txt": "two",
    "dags/team/b.py": "x = 1\n",
    "dags/.airflowignore": "b.py\n",
    "dags/team/airflow-tune.toml": "[lint]\nignore = ['AFT']\n",
    "pyproject.toml": "[tool.airflow-tune.lint]\nignore = ['AFT303']\n",
}
ADDED = {
    "dags/new.py": SLEEPS.format("new", 3),
    "dags/zoo/g.py": SLEEPS.format("g", 3),
    "dags/extras.py": "NAME = 'x'\nWAIT = 7\n",
    "extras.py": "NAME = 'x'\nWAIT = 7\n",
    "plugins/extras/__init__.py": "NAME = 'x'\nWAIT = 7\n",
    "dags/team/.airflowignore": "b.py\n",
    "dags/airflow-tune.toml": "[lint]\nignore = ['AFT']\n",
    "airflow-tune.toml": "[lint]\nignore = ['AFT']\n",
}
EDITS = [
    *((kind, name, content) for name, content in EDITED.items() for kind in (written, rewritten, swapped)),
    *((written, name, content) for name, content in ADDED.items()),
    *((renamed, name, Path(other)) for name, other in (("dags/a.py", "dags/b.py"), ("dags/team", "dags/t"))),
    (linked, "dags/a.py", Path("dags/team/b.py")),
    (linked, "dags/t", Path("elsewhere")),
    *((removed, name, None) for name in EDITED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "given"),
    EDITS,
    ids=[f"{kind.__name__}-{name}-{count}" for count, (kind, name, _) in enumerate(EDITS)],
)
def test_each_edit_shows_at_once(home, tmp_path, kind, name, given):
    more = {
        "dags/.airflowignore": "left.py\n",
        "dags/left.py": SLEEPS.format("left", 3),
        "elsewhere/f.py": SLEEPS.format("f", 3),
        "pyproject.toml": "[tool.airflow-tune.lint]\nignore = ['AFT309']\n",
        "dags/team/airflow-tune.toml": "[lint]\nignore = ['AFT3']\n",
        "dags/x.py": DAG.replace("helpers import NAME, WAIT", "extras import NAME, WAIT"),
    }
    write(home, {name: content.ljust(ROOM, "\n") for name, content in {**FILES, **more}.items()})
    before = answered(request(home, later(tmp_path / "cache")))
    assert memory_of(request(home, later(tmp_path / "cache"))).recalled() is not None
    change(home, kind, name, given)
    anew = answered(request(home, None))
    assert anew != before
    assert answered(request(home, later(tmp_path / "cache"))) == anew


def test_the_first_of_several_baselines_stays_the_first(home, tmp_path):
    write(
        home,
        {
            "pyproject.toml": "[tool.airflow-tune.lint]\nbaseline = 'known.json'\n",
            "dags/team/airflow-tune.toml": "[lint]\nbaseline = 'known.json'\n",
            "dags/zoo/g.py": DAG,
        },
    )
    first = answered(request(home, later(tmp_path / "cache")))
    assert first[-1] == [home / "known.json", home / "dags" / "team" / "known.json"]
    assert answered(request(home, later(tmp_path / "cache"))) == first


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
