"""Real histories beside what their schedulers logged."""

from __future__ import annotations

import json
import types
from pathlib import Path

import pytest

HISTORIES = Path(__file__).parents[1] / "fixtures" / "histories"


@pytest.fixture(scope="session", params=["E1", "E4", "E6", "E11"])
def experiment(request, real_history):
    """A real history: its columns, what ran it, and what its scheduler logged."""
    facts = json.loads((HISTORIES / "experiments.json").read_text())[request.param]
    history, machinery = real_history(request.param)
    logged = (HISTORIES / request.param / "decisions.jsonl").read_text()
    decisions = [json.loads(line) for line in logged.splitlines()]
    return types.SimpleNamespace(
        name=request.param, history=history, machinery=machinery, decisions=decisions, **facts
    )
