"""1xx: what runs whenever a file is parsed."""

from __future__ import annotations

from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.parsing import (
    duplicate_dag_id,
    heavy_import,
    many_dags,
    operator_init,
    parse_call,
    parse_connection,
    parse_query,
    parse_scan,
    parse_sleep,
)

RULES: tuple[Rule, ...] = (
    parse_connection.RULE,
    parse_call.RULE,
    parse_query.RULE,
    heavy_import.RULE,
    parse_scan.RULE,
    parse_sleep.RULE,
    operator_init.RULE,
    many_dags.RULE,
)
PROJECT_RULES: tuple[ProjectRule, ...] = (duplicate_dag_id.RULE,)
