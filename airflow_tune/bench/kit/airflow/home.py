"""An Airflow home with an empty metadata DB, made once for a run of the bench, in its temporary folder."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

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
_DEFAULT = Path("~/airflow")


def temporary_home() -> Path:
    """Return the folder of the home: in the run's temporary folder, with which it goes."""
    return Path(tempfile.gettempdir()) / _NAME


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
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return (
        kept
        | {f"AIRFLOW__{name}": str(value) for name, value in options.items()}
        | {"AIRFLOW_HOME": str(home)}
    )


def users_environment(python: str) -> dict[str, str]:
    """Return the user's own environment; where it names no Airflow home that exists, that of a temporary one.

    Airflow writes a configuration into a home that has none, and some DAG code asks the metadata DB.
    """
    home = Path(os.environ.get("AIRFLOW_HOME", _DEFAULT)).expanduser()
    config = Path(os.environ.get("AIRFLOW_CONFIG", home / "airflow.cfg")).expanduser()
    if config.is_file():
        return dict(os.environ)
    return environment(made_home(python))


def sample_dag(folder: Path) -> Path:
    """Return a new DAG file in `folder`, with one task that does nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "airflow_tune_bench.py"
    path.write_text(_SAMPLE, encoding="utf-8")
    return path


def made_home(python: str) -> Path:
    """Return the temporary home with a metadata DB; the first call of a run makes it, in some seconds.

    Raises SourceError where Airflow cannot make one.
    """
    home = temporary_home()
    ready = home / "ready"
    if not ready.exists():
        sample_dag(home / "dags")
        command = [python, "-m", "airflow", "db", "migrate"]
        done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise SourceError(
                f"Airflow could not make a metadata DB: {' '.join(last)}",
                where=python,
                remedy="try `airflow db migrate` with an empty AIRFLOW_HOME in that environment",
            )
        ready.touch()
    return home
