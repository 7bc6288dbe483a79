"""What a real Airflow costs, asked in its own Python: its start, its first task, and each DAG file."""

from __future__ import annotations

import sys

import pytest

from airflow_tune.bench.catalog import workload
from airflow_tune.bench.workload import Wishes
from airflow_tune.errors import SourceError, UsageError

DAG = """
from datetime import datetime
from airflow import DAG
{0}
with DAG("{1}", schedule=None, start_date=datetime(2024, 1, 1)):
    pass
"""


@pytest.fixture
def dags(tmp_path, monkeypatch):
    """A folder of DAG files, and a user without any Airflow home."""
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "helper.py").write_text("import time\ntime.sleep(0.3)\n")
    (folder / "light.py").write_text(DAG.format("", "light"))
    (folder / "heavy.py").write_text(DAG.format("import helper", "heavy"))
    (folder / "broken.py").write_text(DAG.format("import nowhere_to_be_found", "broken"))
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "home"))
    return folder


@pytest.mark.airflow
def test_a_start_and_a_task_are_run(run_workload):
    ran = run_workload("airflow-start", airflow_python=sys.executable)
    assert ran.complaint == ""
    assert ran.figures["task in a warm process"]["first_task_s"] > 0
    assert ran.figures["import airflow"]["code_load_s"] > 0
    assert (ran.processes, ran.files) == ([], [])


@pytest.mark.airflow
def test_files_are_parsed_dearest_first_and_nothing_is_written(run_workload, dags):
    ran = run_workload("dag-parse", airflow_python=sys.executable, dags=str(dags))
    assert ran.complaint == ""
    assert list(ran.figures) == ["heavy.py", "light.py"]
    assert ran.figures["heavy.py"]["import_helper_s"] >= 0.3
    assert ran.figures["light.py"]["sample_s"] > 0
    assert "import_helper_s" not in ran.figures["light.py"]
    assert (ran.processes, ran.files) == ([], [])
    assert sorted(path.name for path in dags.iterdir()) == ["broken.py", "heavy.py", "helper.py", "light.py"]
    assert not (dags.parent / "home").exists()


@pytest.mark.airflow
def test_without_dag_files_one_of_ours_is_parsed(run_workload, tmp_path):
    ran = run_workload("dag-parse", airflow_python=sys.executable, dags=str(tmp_path))
    assert ran.complaint == ""
    assert list(ran.figures) == ["sample"]
    assert "sample_s" not in ran.figures["sample"]


def test_a_python_without_airflow_is_told(tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'No module named airflow' >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    (tmp_path / "airflow.cfg").touch()
    with pytest.raises(SourceError, match="No module named airflow"):
        workload("dag-parse").variants(Wishes(airflow_python=str(python)))


def test_a_python_that_is_not_there_is_told():
    with pytest.raises(SourceError, match="No such file or directory"):
        workload("dag-parse").variants(Wishes(airflow_python="/nowhere/python"))


def test_a_dag_folder_that_is_not_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    (tmp_path / "airflow.cfg").touch()
    with pytest.raises(UsageError, match="there is no such folder"):
        workload("dag-parse").variants(Wishes(airflow_python=sys.executable, dags="/nowhere/dags"))
