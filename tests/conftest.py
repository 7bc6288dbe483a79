"""Shared by all tests: how hard to look, and an environment that decides nothing by accident."""

from __future__ import annotations

import importlib.util
import os

import pytest
from hypothesis import HealthCheck, settings

# A developer's own Airflow, or a CI that asks for colour, must not decide how a test ends.
for _name in list(os.environ):
    if _name.startswith("AIRFLOW__") or _name in {
        "AIRFLOW_HOME", "AIRFLOW_CONFIG", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "NO_COLOR", "PY_COLORS",
    }:  # fmt: skip
        del os.environ[_name]

# No deadline: under load and coverage the clock says nothing. Quick runs look at the same examples each time.
settings.register_profile(
    "quick", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "thorough", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("thorough" if os.environ.get("AIRFLOW_TUNE_THOROUGH") else "quick")


def pytest_collection_modifyitems(items):
    """Skip what asks a real Airflow where there is none."""
    if importlib.util.find_spec("airflow"):
        return
    without = pytest.mark.skip(reason="no Airflow here: nox -s airflow-2.11 airflow-3.3")
    for item in items:
        if item.get_closest_marker("airflow"):
            item.add_marker(without)
