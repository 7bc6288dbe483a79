"""Kept results: the same as found anew, until anything that they were found from changes."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time

import pytest

from airflow_tune.dags.project import Project
from airflow_tune.lint.catalog import BUILT_IN
from airflow_tune.lint.options import Options
from airflow_tune.linter.cache import Cache, default_folder, generation
from airflow_tune.linter.digest import digest
from airflow_tune.linter.kept import loaded
from airflow_tune.linter.work import Task, judged

DAG = "import time\nfrom helpers import NAME\nfrom airflow import DAG\ndag = DAG(NAME)\ntime.sleep(1)\n"
NONE = Options()


@pytest.fixture
def dags(tmp_path):
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "a.py").write_text(DAG, encoding="utf-8")
    (folder / "helpers.py").write_text("import yaml\nNAME = open('dags/name.txt').read()\n", encoding="utf-8")
    (folder / "name.txt").write_text("one", encoding="utf-8")
    (folder / "none.py").write_text("x = 1\n", encoding="utf-8")
    return folder


@pytest.fixture
def cache(tmp_path):
    """Make the cache as a new run has it."""
    return lambda folder=tmp_path / "cache": Cache(folder, "generation")


def read(cache, dags, options=NONE):
    """Judge the files that the cache does not know; return their names, and what is known of a.py."""
    paths = [dags / "a.py", dags / "none.py"]
    anew = []
    for done in judged(paths, Task(BUILT_IN.files, lambda _: options), 1):
        known, result = cache.get(done.path, done.content, options, Project(dags))
        if known:
            assert result == done.result
        else:
            anew.append(done.path.name)
            cache.put(done, options, Project(dags))
    cache.save()
    return anew


def test_what_is_kept_is_what_would_be_found(cache, dags):
    assert read(cache(), dags) == ["a.py", "none.py"]
    assert read(cache(), dags) == []


@pytest.mark.parametrize("name", ["a.py", "helpers.py", "name.txt", "yaml.py"])
def test_whatever_was_looked_at_makes_a_miss_when_it_changes(cache, dags, name):
    read(cache(), dags)
    old = (dags / name).read_text(encoding="utf-8") if (dags / name).exists() else None
    (dags / name).write_text(f"{old or ''}\n# new\n", encoding="utf-8")
    assert read(cache(), dags) == ["a.py"]
    assert read(cache(), dags) == []
    (dags / name).unlink()
    if name != "a.py":
        assert read(cache(), dags) == ["a.py"]


def test_options_and_generations_have_results_of_their_own(cache, dags, tmp_path):
    read(cache(), dags)
    assert read(cache(), dags, Options({"AFT104": {"packages": frozenset("ab")}})) == ["a.py", "none.py"]
    assert read(Cache(tmp_path / "cache", "other"), dags) == ["a.py", "none.py"]


@pytest.mark.parametrize(
    "data", [b"", b"x", pickle.dumps(3), pickle.dumps(({}, {"a": 1})), pickle.dumps(print)]
)
def test_a_broken_cache_is_a_miss(cache, dags, tmp_path, data):
    read(cache(), dags)
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(data)
    assert read(cache(), dags) == ["a.py", "none.py"]
    assert read(cache(), dags) == []


def test_a_folder_that_cannot_be_written_to_only_costs_time(cache, dags, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert read(cache(tmp_path / "file" / "cache"), dags) == ["a.py", "none.py"]


def test_nothing_is_run_that_a_cache_names(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (exec, (f"open({str(tmp_path / 'gone off')!r}, 'w')",))

    assert loaded(pickle.dumps(Bomb())) is None
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_gone_are_forgotten(cache, dags):
    read(cache(), dags)
    (dags / "none.py").unlink()
    other = cache()
    other.shard(Project(dags)).changed = True
    other.save()
    assert set(cache().shard(Project(dags)).entries) == {str(dags / "a.py")}


def test_the_default_folder_follows_the_desktop_rules(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "airflow-tune"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_folder().parent.name == ".cache"


def test_generations_differ_by_plugins():
    assert generation(()) == generation(()) != generation(("acme 1.0",))


@pytest.mark.parametrize("parser", ["sqlglot", "PyYAML"])
def test_another_version_of_a_parser_is_another_generation(monkeypatch, tmp_path, parser):
    before = generation(())
    metadata = tmp_path / f"{parser.lower()}-999.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {parser}\nVersion: 999.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert generation(()) != before


def test_runs_at_once_and_in_several_processes_find_the_same(tmp_path):
    folder = tmp_path / "dags"
    folder.mkdir()
    for number in range(220):
        (folder / f"d{number:03}.py").write_text(DAG.replace("NAME", "X"), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "airflow_tune",
        "lint",
        "dags",
        "--format",
        "json",
        "--cache-dir",
        "kept",
    ]
    runs = [
        subprocess.Popen([*command, "--jobs", jobs], cwd=tmp_path, stdout=subprocess.PIPE)
        for jobs in ("1", "2", "2")
    ]
    found = {run.communicate()[0] for run in runs}
    assert len(found) == 1
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert again.stdout == found.pop()
    assert not list((tmp_path / "kept").glob(".lint-*"))


def later(tmp_path):
    """Make the cache as a run has it that begins well after the files were written."""
    return Cache(tmp_path / "cache", "generation", began_ns=time.time_ns() + 60 * 10**9)


def test_a_file_with_the_same_stamp_is_not_read_again(dags, tmp_path):
    path = str(dags / "a.py")
    read(later(tmp_path), dags)
    shard = later(tmp_path).shard(Project(dags))
    stamp, _ = shard.contents[path]
    shard.contents[path] = stamp, b"as it was kept"
    assert shard.content(path) == b"as it was kept"
    assert shard.content(str(dags / "gone.py")) == b""


def test_a_file_of_the_same_size_and_time_but_other_content_is_read(dags, tmp_path):
    read(later(tmp_path), dags)
    before = (dags / "a.py").stat()
    (dags / "a.py").write_text(DAG.replace("time.sleep(1)", "time.sleep(2)"), encoding="utf-8")
    os.utime(dags / "a.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert later(tmp_path).content(dags / "a.py", Project(dags)) == digest((dags / "a.py").read_bytes())


def test_a_file_that_changed_just_before_the_run_is_read_again_next_time(cache, dags):
    read(cache(), dags)
    assert cache().shard(Project(dags)).contents == {}
