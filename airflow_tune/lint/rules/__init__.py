"""All rules, by code; each is a file of its own."""

from __future__ import annotations

from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules import (
    connection_in_loop,
    dense_cross,
    fixed_retry_delay,
    heavy_import,
    ineffective_default,
    orphan_task,
    parse_call,
    parse_connection,
    parse_query,
    parse_sleep,
    poke_sensor,
    redundant_edge,
    task_sleep,
    unbounded_backoff,
    unbounded_mapping,
    unknown_pool,
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
    connection_in_loop.RULE,
    fixed_retry_delay.RULE,
    unbounded_backoff.RULE,
    poke_sensor.RULE,
    task_sleep.RULE,
)

PROJECT_RULES: tuple[ProjectRule, ...] = (unknown_pool.RULE,)
