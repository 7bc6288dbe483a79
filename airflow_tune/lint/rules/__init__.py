"""All rules, by code; each is a file of its own."""

from __future__ import annotations

from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules import data, parsing, pools, reliability, resources, scheduling, shape, waiting

RULES: tuple[Rule, ...] = (
    *parsing.RULES,
    *shape.RULES,
    *scheduling.RULES,
    *pools.RULES,
    *data.RULES,
    *resources.RULES,
    *reliability.RULES,
    *waiting.RULES,
)

PROJECT_RULES: tuple[ProjectRule, ...] = (
    *parsing.PROJECT_RULES,
    *shape.PROJECT_RULES,
    *scheduling.PROJECT_RULES,
    *pools.PROJECT_RULES,
)
