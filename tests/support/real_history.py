"""The histories of real Airflow runs that are kept beside the tests, read once each."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.reader import read_history

HISTORIES = Path(__file__).parents[1] / "fixtures" / "histories"


@cache
def real_history(name):
    """Return the history of an experiment and the machinery that ran it; nothing is left beside its file."""
    facts = json.loads((HISTORIES / "experiments.json").read_text())[name]
    where = f"file:{HISTORIES / name / 'metadata.sqlite'}?mode=ro&immutable=1&uri=true"
    engine = sa.create_engine(f"sqlite:///{where}")
    with engine.connect() as connection:
        history = read_history(connection)
    engine.dispose()
    machinery = Machinery(
        history.version,
        ExecutorKind(facts["executor"]),
        facts["parallelism"],
        worker_slots=facts["worker_slots"],
    )
    return history, machinery
