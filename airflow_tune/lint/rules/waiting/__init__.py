"""8xx: waiting, and results passed on."""

from __future__ import annotations

from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.waiting import (
    deferrable_available,
    large_xcom,
    poke_sensor,
    sensor_timeout,
    task_sleep,
    tight_poke,
    unused_xcom,
)

RULES: tuple[Rule, ...] = (
    poke_sensor.RULE,
    sensor_timeout.RULE,
    task_sleep.RULE,
    tight_poke.RULE,
    deferrable_available.RULE,
    large_xcom.RULE,
    unused_xcom.RULE,
)
