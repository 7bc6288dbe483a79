"""7xx: what happens when something fails, or runs twice."""

from __future__ import annotations

from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.reliability import (
    fixed_retry_delay,
    unbounded_backoff,
)

RULES: tuple[Rule, ...] = (
    fixed_retry_delay.RULE,
    unbounded_backoff.RULE,
)
