"""What one file costs the others: nothing, be it faulty, endless, or full of modules that all import."""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone

from airflow_tune.lint.catalog import BUILT_IN
from airflow_tune.lint.options import Options
from airflow_tune.lint.project import Knowledge
from airflow_tune.linter import reading
from airflow_tune.linter.config import Config
from airflow_tune.linter.config_file import Configs
from airflow_tune.linter.request import Request
from airflow_tune.linter.run import run

DAG = "import time\nfrom airflow import DAG\ndag = DAG('{}', schedule=None)\ntime.sleep(9)\n"


def test_the_other_files_are_linted_and_the_file_is_told(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(DAG.format(name), encoding="utf-8")
    read = reading.read_tree

    def faulty(tree, file, project):
        if file.endswith("one.py"):
            raise TypeError(file)
        return read(tree, file, project)

    monkeypatch.setattr(reading, "read_tree", faulty)
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    outcome = run(Request([tmp_path], BUILT_IN, Configs(BUILT_IN, Config()), Knowledge(now)))
    assert {one.origin.where for one in outcome.findings} == {str(tmp_path / "two.py")}
    assert f"{tmp_path / 'one.py'}: not judged, by a fault of airflow-tune (TypeError)" in outcome.notes[0]


def endless(subject):
    while subject.file.endswith("one.py"):
        with suppress(Exception):  # as rules and what they call may well do
            sum(range(10_000))
    return ()


def test_a_file_that_takes_too_long_is_told_and_the_others_are_linted(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_S", 2.0)
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(DAG.format(name), encoding="utf-8")
    slow = replace(BUILT_IN.files[0], code="AFT998", check=endless)
    catalog = replace(BUILT_IN, files=(*BUILT_IN.files, slow))
    before = signal.getsignal(signal.SIGVTALRM)
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    outcome = run(Request([tmp_path], catalog, Configs(catalog, Config()), Knowledge(now)))
    assert {one.origin.where for one in outcome.findings} == {str(tmp_path / "two.py")}
    assert f"{tmp_path / 'one.py'}: not judged, it takes more than 2 s of CPU time" in outcome.notes[0]
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) is before


HELPER = "import time\nfrom airflow import DAG\nNAME = '{0}'\ntime.sleep(9)\n# {1}\n"
IMPORTER = "from airflow import DAG\nimport {0}\ndag = DAG({0}.NAME, schedule=None)\n"


def folder_of(root, helpers):
    (root / "dags").mkdir()
    for name in helpers:
        helper = root / "dags" / f"helper_{name}.py"
        helper.write_text(HELPER.format(name, "-" * 4000), encoding="utf-8")
        importer = root / "dags" / f"dag_{name}.py"
        importer.write_text(IMPORTER.format(f"helper_{name}"), encoding="utf-8")
    return sorted((root / "dags").iterdir())


def examined(paths, reader):
    return [reader.examined(path, Options(), path.read_bytes()) for path in paths]


def test_forgotten_modules_are_found_again(tmp_path, monkeypatch):
    paths = folder_of(tmp_path, "abc") * 2
    whole, short = (reading.Reader(BUILT_IN.files) for _ in range(2))
    expected = examined(paths, whole)
    monkeypatch.setattr(reading, "HELD_BYTES", 0)
    assert examined(paths, short) == expected
    assert short.held_bytes() < whole.held_bytes()


def test_modules_that_one_file_needs_are_held_whatever_their_size(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "HELD_BYTES", 1000)
    helper, importer = folder_of(tmp_path, "a")[::-1]
    reader = reading.Reader(BUILT_IN.files)
    examined([importer], reader)
    source = reader.project_of(importer).source(str(helper))
    examined([importer], reader)
    assert reader.project_of(importer).source(str(helper)) is source


def test_a_module_of_two_import_roots_is_parsed_once(tmp_path):
    paths = folder_of(tmp_path, "a")
    reader = reading.Reader(BUILT_IN.files)
    (tmp_path / "tests").mkdir()
    test = tmp_path / "tests" / "test_a.py"
    test.write_text("import dags.helper_a  # airflow dag\n", encoding="utf-8")
    examined([paths[0], test], reader)
    trees = {id(reader.project_of(one).source(str(paths[1])).tree) for one in (paths[0], test)}
    assert len(trees) == 1
