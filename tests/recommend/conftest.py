"""Lessons of real histories and of made ones, beside an installation like the one that ran them."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_tune.diagnose.past.lessons import learn
from airflow_tune.diagnose.past.verdict import judge
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.reader import read_history
from airflow_tune.installation.past import Past

BUILDERS = runpy.run_path(str(Path(__file__).parents[1] / "diagnose" / "conftest.py"))
HISTORIES = BUILDERS["HISTORIES"]


@pytest.fixture(scope="session")
def make_history():
    """Return a function from plain rows to a History."""
    return BUILDERS["make_history"]


@pytest.fixture(scope="session")
def taught():
    """Return a function from a history, and what ran it, to its lessons."""

    def lessons(history, executor=ExecutorKind.CELERY, parallelism=32, *, since_s=None, **machinery):
        ran = Machinery(history.version, executor, parallelism, **machinery)
        return learn(history, ran, judge(Past(history, "here", since_s), ran))

    return lessons


@pytest.fixture(scope="session")
def lessons_of(taught):
    """Return a function from the name of a real history to its lessons."""
    read = {}

    def lessons(name):
        if name not in read:
            facts = json.loads((HISTORIES / "experiments.json").read_text())[name]
            where = f"file:{HISTORIES / name / 'metadata.sqlite'}?mode=ro&immutable=1&uri=true"
            engine = sa.create_engine(f"sqlite:///{where}")
            with engine.connect() as connection:
                history = read_history(connection)
            engine.dispose()
            slots = facts["worker_slots"]
            read[name] = taught(
                history, ExecutorKind(facts["executor"]), facts["parallelism"], worker_slots=slots
            )
        return read[name]

    return lessons
