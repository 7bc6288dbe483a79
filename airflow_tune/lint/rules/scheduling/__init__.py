"""3xx: when and how often a DAG runs, and its limits."""

from __future__ import annotations

from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.scheduling import (
    catchup_flood,
    implicit_catchup,
    ineffective_default,
    missing_max_runs,
    missing_run_timeout,
    overlapping_runs,
    per_run_limit,
    thundering_schedule,
    unreachable_limit,
)

RULES: tuple[Rule, ...] = (
    implicit_catchup.RULE,
    missing_max_runs.RULE,
    ineffective_default.RULE,
    missing_run_timeout.RULE,
)
PROJECT_RULES: tuple[ProjectRule, ...] = (
    catchup_flood.RULE,
    unreachable_limit.RULE,
    per_run_limit.RULE,
    thundering_schedule.RULE,
    overlapping_runs.RULE,
)
