"""Which files of a DAG folder take Airflow longest to parse: a look at each, once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from airflow_tune.bench.kit.airflow.ask import Airflow, running
from airflow_tune.bench.kit.airflow.home import users_environment
from airflow_tune.bench.workload import Length, Wishes
from airflow_tune.dags.folder import python_files
from airflow_tune.errors import UsageError
from airflow_tune.installation.dag_folder import might_contain_dag

_PATIENCE_S = {Length.QUICK: 5, Length.DEFAULT: 20, Length.RIGOROUS: 60}
"""No more files are looked at after this: the largest come first."""


def survey(wishes: Wishes) -> tuple[Path, list[Path]]:
    """Return the DAG folder and its files, those that take longest first, without those that do not import.

    It is that of --dags, else the one that Airflow itself reads. Raises SourceError where Airflow cannot be
    asked, and UsageError where --dags names no folder.
    """
    if wishes.dags and not Path(wishes.dags).is_dir():
        raise UsageError(
            "there is no such folder", where=f"--dags {wishes.dags}", remedy="name the DAG folder"
        )
    with TemporaryDirectory(prefix="airflow-tune-bench-") as home:
        env = users_environment(wishes.airflow_python, Path(home))
        with running(wishes.airflow_python, env) as airflow:
            folder = Path(wishes.dags or str(airflow.ask(do="folder")["folder"])).absolute()
            taken = dict(_looked_at(airflow, folder, wishes.length))
    return folder, sorted(taken, key=lambda file: -taken[file])


def _looked_at(airflow: Airflow, folder: Path, length: Length) -> Iterator[tuple[Path, float]]:
    """Yield each file with the seconds that it took, as far as the time suffices."""
    files = filter(might_contain_dag, python_files([folder]) if folder.is_dir() else [])
    last = time.monotonic() + _PATIENCE_S[length]
    for file in sorted(files, key=lambda file: -file.stat().st_size):
        answer = airflow.ask(do="parse", file=str(file), root=str(folder))
        if not answer["errors"]:
            yield file, answer["taken_s"]
        if time.monotonic() > last:
            return
