"""Shared by the tests of the bench."""

from __future__ import annotations

import json

import pytest


@pytest.fixture(scope="session")
def as_json():
    """Return a function that gives a value back as JSON gives it back."""
    return lambda value: json.loads(json.dumps(value, allow_nan=False))
