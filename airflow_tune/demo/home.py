"""The shipped Airflow home: Celery, taken from 2.x to 3.3 with all its settings carried over; and a history.

The history is the snapshot of a recorded experiment, which tests/fixtures/histories/E1 holds as well.
"""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from airflow_tune.errors import UsageError

CONFIG = "airflow.cfg"
DEPLOYMENT = "deployment.yaml"
DAGS = "dags"
# What a real Airflow did, with the settings and the host that it did it on.
HISTORY = "history.zip"


def lay_out(target: Path) -> Path:
    """Copy the shipped home into `target`, made where it is missing, and return `target`.

    Raises UsageError where `target` is no folder, is not empty, or cannot be written.
    """
    try:
        if target.exists() and any(target.iterdir()):
            raise UsageError(
                "the folder for the demo is not empty",
                where=str(target),
                remedy="name a folder that is empty or does not exist yet",
            )
        with as_file(files(__package__) / "home") as home:
            shutil.copytree(
                home, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
            )
    except OSError as error:
        raise UsageError(
            f"the demo could not be laid out here: {error.strerror or error}",
            where=str(target),
            remedy="name a folder that you may write to",
        ) from error
    return target
