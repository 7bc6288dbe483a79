"""8xx: waiting, and results passed on."""

from __future__ import annotations

from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.waiting import (
    poke_sensor,
    task_sleep,
)

RULES: tuple[Rule, ...] = (
    poke_sensor.RULE,
    task_sleep.RULE,
)
