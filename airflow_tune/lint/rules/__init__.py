"""All rules, by code; each is a file of its own, those from 5xx on in a folder for each hundred."""

from __future__ import annotations

from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules import (
    data,
    dense_cross,
    heavy_import,
    ineffective_default,
    orphan_task,
    parse_call,
    parse_connection,
    parse_query,
    parse_sleep,
    redundant_edge,
    reliability,
    resources,
    unbounded_mapping,
    unknown_pool,
    waiting,
    waiting_trigger,
)

RULES: tuple[Rule, ...] = (
    parse_connection.RULE,
    parse_call.RULE,
    parse_query.RULE,
    heavy_import.RULE,
    parse_sleep.RULE,
    redundant_edge.RULE,
    dense_cross.RULE,
    unbounded_mapping.RULE,
    orphan_task.RULE,
    waiting_trigger.RULE,
    ineffective_default.RULE,
    *data.RULES,
    *resources.RULES,
    *reliability.RULES,
    *waiting.RULES,
)

PROJECT_RULES: tuple[ProjectRule, ...] = (unknown_pool.RULE,)
