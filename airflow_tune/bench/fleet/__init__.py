"""The bench on the workers of a fleet, through Airflow itself: a DAG, its runs, and who stands out."""

from __future__ import annotations
