"""7xx: what happens when something fails, or runs twice."""

from __future__ import annotations

from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.reliability import (
    check_then_act,
    fixed_retry_delay,
    missing_retries,
    missing_timeout,
    no_failure_alert,
    non_atomic_output,
    permanent_error,
    slow_callback,
    unbounded_backoff,
    variable_lock,
    wall_clock,
)

RULES: tuple[Rule, ...] = (
    missing_retries.RULE,
    fixed_retry_delay.RULE,
    permanent_error.RULE,
    unbounded_backoff.RULE,
    missing_timeout.RULE,
    no_failure_alert.RULE,
    slow_callback.RULE,
    check_then_act.RULE,
    variable_lock.RULE,
    non_atomic_output.RULE,
    wall_clock.RULE,
)
