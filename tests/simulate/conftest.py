"""Real histories, and what ran them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_tune.executors import ExecutorKind
from airflow_tune.history.reader import read_history
from airflow_tune.simulate.calibrate import calibrate
from airflow_tune.simulate.situation import Situation
from airflow_tune.simulate.system import Executor, System, Workers

HISTORIES = Path(__file__).parents[1] / "fixtures" / "histories"
FACTS = json.loads((HISTORIES / "experiments.json").read_text())


@pytest.fixture(scope="session")
def history_of():
    """Return a function from an experiment's name to its History."""
    found = {}

    def read(name):
        if name not in found:
            path = HISTORIES / name / "metadata.sqlite"
            engine = sa.create_engine(f"sqlite:///file:{path}?mode=ro&immutable=1&uri=true")
            with engine.connect() as connection:
                found[name] = read_history(connection)
            engine.dispose()
        return found[name]

    return read


@pytest.fixture(scope="session")
def situation_of(history_of):
    """Return a function from an experiment's name to its Situation, calibrated on itself."""

    def situation(name):
        history, facts = history_of(name), FACTS[name]
        kind = ExecutorKind(facts["executor"])
        workers = (Workers(2, 8, 8),) if kind is ExecutorKind.CELERY else ()
        late = calibrate(history, idle_sleep_s=1.0, schedulers=1).latencies
        return Situation(history, System((Executor(kind, workers),), facts["parallelism"], late))

    return situation


@pytest.fixture(scope="session")
def quick():
    """Return a function that makes a situation's system start and end everything at once."""

    def instant(situation):
        late = dataclasses.replace(
            situation.system.latencies,
            body=(0.1, 0.1),
            start=(0.0, 0.0),
            tail_fast=(0.0, 0.0),
            tail_slow_share=0.0,
        )
        return situation.with_system(latencies=late)

    return instant
