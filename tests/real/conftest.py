"""Real Airflow, started by the tests."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_airflow(tmp_path_factory):
    """Return a function that makes an Airflow with a metadata DB of its own; all end with the session."""
    make = runpy.run_path(str(Path(__file__).parents[1] / "support" / "real_airflow.py"))["RealAirflow"]
    made = []

    def create(**options):
        made.append(make(tmp_path_factory.mktemp("airflow"), **options))
        made[-1].cli("db", "migrate")
        return made[-1]

    yield create
    for one in made:
        one.stop()
