"""Real histories, and histories made from plain rows."""

from __future__ import annotations

import json
import types
from pathlib import Path

import pytest
import sqlalchemy as sa

from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.executors import ExecutorKind
from airflow_tune.history.reader import read_history

HISTORIES = Path(__file__).parents[1] / "fixtures" / "histories"


@pytest.fixture(scope="session", params=["E1", "E4", "E6", "E11"])
def experiment(request):
    """A real history: its columns, what ran it, and what its scheduler logged."""
    facts = json.loads((HISTORIES / "experiments.json").read_text())[request.param]
    folder = HISTORIES / request.param
    engine = sa.create_engine(f"sqlite:///file:{folder / 'metadata.sqlite'}?mode=ro&immutable=1&uri=true")
    with engine.connect() as connection:
        history = read_history(connection)
    engine.dispose()
    machinery = Machinery(
        history.version,
        ExecutorKind(facts["executor"]),
        facts["parallelism"],
        worker_slots=facts["worker_slots"],
    )
    decisions = [json.loads(line) for line in (folder / "decisions.jsonl").read_text().splitlines()]
    return types.SimpleNamespace(
        name=request.param, history=history, machinery=machinery, decisions=decisions, **facts
    )
