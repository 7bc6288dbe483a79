"""5xx: how task code talks to databases and services."""

from __future__ import annotations

from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.data import (
    connection_in_loop,
)

RULES: tuple[Rule, ...] = (connection_in_loop.RULE,)
