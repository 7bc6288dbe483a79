"""An Airflow home with an empty metadata DB, in the temporary folder of a run, made once for all of it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from airflow_tune.bench.measure.launch import MARK
from airflow_tune.errors import SourceError

_SAMPLE = '''\
"""A DAG of one task that does nothing."""

from datetime import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.python import PythonOperator


def nothing():
    """Do what the task does."""


with DAG("airflow_tune_bench", schedule=None, start_date=datetime(2024, 1, 1), catchup=False):
    PythonOperator(task_id="nothing", python_callable=nothing)
'''
_NAME = "airflow-home"
_ITS_OWN = ("AIRFLOW__", "AIRFLOW_HOME", "AIRFLOW_CONFIG")
_DEFAULT = Path("~/airflow")


def shared_home() -> Path:
    """Return where the processes of a run have their home: in its folder, which outlives each of them."""
    return Path(os.environ.get(MARK) or tempfile.gettempdir()) / _NAME


def environment(home: Path) -> dict[str, str]:
    """Return the environment of an Airflow that knows nothing but `home`."""
    options = {
        "CORE__DAGS_FOLDER": home / "dags",
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__UNIT_TEST_MODE": "False",
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "LOGGING__BASE_LOG_FOLDER": home / "logs",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_ITS_OWN)}
    return (
        kept
        | {f"AIRFLOW__{name}": str(value) for name, value in options.items()}
        | {"AIRFLOW_HOME": str(home)}
    )


def users_environment(python: str, home: Path) -> dict[str, str]:
    """Return the user's own environment; where that names no Airflow home that exists, the one of `home`.

    Airflow writes a configuration into a home that has none, and some DAG code asks the metadata DB.
    """
    users = Path(os.environ.get("AIRFLOW_HOME", _DEFAULT)).expanduser()
    config = Path(os.environ.get("AIRFLOW_CONFIG", users / "airflow.cfg")).expanduser()
    if config.is_file():
        return dict(os.environ)
    fill(home, python)
    return environment(home)


def sample_dag(folder: Path) -> Path:
    """Return a new DAG file in `folder`, with one task that does nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "airflow_tune_bench.py"
    path.write_text(_SAMPLE, encoding="utf-8")
    return path


def fill(home: Path, python: str) -> None:
    """Make a metadata DB and a DAG in `home`; where they are there already, nothing is done.

    It takes some seconds. Raises SourceError where Airflow cannot make a DB.
    """
    ready = home / "ready"
    if ready.exists():
        return
    sample_dag(home / "dags")
    command = [python, "-m", "airflow", "db", "migrate"]
    try:
        done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)
    except OSError as error:
        raise _refusal(str(error.strerror), python) from None
    if done.returncode:
        raise _refusal(" ".join((done.stderr or done.stdout).strip().splitlines()[-1:]), python)
    ready.touch()


def _refusal(why: str, python: str) -> SourceError:
    return SourceError(
        f"Airflow could not make a metadata DB: {why}",
        where=python,
        remedy="try `airflow db migrate` with an empty AIRFLOW_HOME in that environment",
    )
