"""Which files of a DAG folder take Airflow longest to parse: a look at each, once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from airflow_tune.bench.kit.airflow.ask import Airflow, running
from airflow_tune.bench.kit.airflow.home import users_environment
from airflow_tune.bench.workload import Wishes
from airflow_tune.dags.folder import python_files
from airflow_tune.errors import UsageError
from airflow_tune.installation.dag_folder import might_contain_dag

PATIENCE_S = 20
"""A look at more files than this time suffices for is not worth it: those of the largest size come first."""


def survey(wishes: Wishes) -> tuple[Path, list[Path]]:
    """Return the DAG folder and its files, those that take longest first, without those that do not import.

    It is that of --dags, else the one that Airflow itself reads. Raises SourceError where Airflow cannot be
    asked, and UsageError where --dags names no folder.
    """
    with TemporaryDirectory(prefix="airflow-tune-bench-") as home:
        return _survey(wishes, users_environment(wishes.airflow_python, Path(home)))


def _survey(wishes: Wishes, env: Mapping[str, str]) -> tuple[Path, list[Path]]:
    python = wishes.airflow_python
    folder = Path(wishes.dags or _own_folder(python, env)).absolute()
    if not folder.is_dir():
        if wishes.dags:
            raise UsageError(
                "there is no such folder", where=f"--dags {folder}", remedy="name the DAG folder"
            )
        return folder, []
    files = sorted(filter(might_contain_dag, python_files([folder])), key=lambda file: -file.stat().st_size)
    with running(python, env, str(folder)) as airflow:
        taken = dict(_looked_at(airflow, files))
    return folder, sorted(taken, key=lambda file: -taken[file])


def _own_folder(python: str, env: Mapping[str, str]) -> str:
    with running(python, env, "") as airflow:
        return str(airflow.ask(do="folder")["folder"])


def _looked_at(airflow: Airflow, files: Iterable[Path]) -> Iterator[tuple[Path, float]]:
    last = time.monotonic() + PATIENCE_S
    for file in files:
        answer = airflow.ask(do="parse", file=str(file))
        if not answer["errors"]:
            yield file, answer["taken_s"]
        if time.monotonic() > last:
            return
