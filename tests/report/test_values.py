"""Figures as JSON: everything by its name, and nothing that JSON does not know."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from airflow_tune.findings import Severity
from airflow_tune.report.values import values_json


@dataclasses.dataclass
class Part:
    name: str
    spent_s: float


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Part("a", 1.5), {"name": "a", "spent_s": 1.5}),
        ((Part("a", float("nan")), 3), [{"name": "a", "spent_s": None}, 3]),
        ({1: float("inf"), "x": None}, {"1": None, "x": None}),
        (Severity.WARN, "warn"),
        (np.datetime64("2026-01-02T03:04:05.000006", "us"), "2026-01-02T03:04:05.000006Z"),
        (np.datetime64("NaT", "us"), None),
        (True, True),
    ],
)
def test_figures_become_json(value, expected):
    assert values_json(value) == expected
    json.dumps(values_json(value), allow_nan=False)
