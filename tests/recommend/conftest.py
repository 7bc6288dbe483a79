"""Lessons of real histories and of made ones."""

from __future__ import annotations

import pytest

from airflow_tune.diagnose.past.lessons import learn
from airflow_tune.diagnose.past.verdict import judge
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.installation.past import Past


@pytest.fixture(scope="session")
def taught():
    """Return a function from a history, and what ran it, to its lessons."""

    def lessons(history, executor=ExecutorKind.CELERY, parallelism=32, *, since_s=None):
        ran = Machinery(history.version, executor, parallelism)
        return learn(history, ran, judge(Past(history, "here", since_s), ran))

    return lessons


@pytest.fixture(scope="session")
def lessons_of(real_history):
    """Return a function from the name of a real history to its lessons."""
    read = {}

    def lessons(name):
        if name not in read:
            history, machinery = real_history(name)
            read[name] = learn(history, machinery, judge(Past(history, "here", None), machinery))
        return read[name]

    return lessons
