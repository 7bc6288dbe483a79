"""Moments that move with the clock."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.dags.model import Unknown

CLOCK = "the clock"
"""The reader's reason for what the present time gives, whatever is made of it."""


@dataclass(slots=True, eq=False)
class Clock(Unknown):
    """The present time, or a time so long before or after it: only its time zone is known, by `zone`."""

    zone: str = ""
