"""A real Airflow in an environment of its own, asked what importing, parsing and running cost there."""

from __future__ import annotations
