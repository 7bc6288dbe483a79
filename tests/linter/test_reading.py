"""A fault of the linter in one file, which there should not be, costs only that file's findings."""

from __future__ import annotations

from datetime import datetime, timezone

from airflow_tune.lint.catalog import BUILT_IN
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
