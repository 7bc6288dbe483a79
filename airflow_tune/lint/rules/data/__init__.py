"""5xx: how task code talks to databases and services."""

from __future__ import annotations

from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.data import (
    commit_in_loop,
    connection_in_loop,
    fetchall_into_memory,
    insert_without_upsert,
    query_in_loop,
    row_by_row_write,
    select_star,
    sync_http_in_loop,
    unbounded_select,
    unpooled_engine,
    wall_clock_in_sql,
)

RULES: tuple[Rule, ...] = (
    connection_in_loop.RULE,
    row_by_row_write.RULE,
    commit_in_loop.RULE,
    query_in_loop.RULE,
    select_star.RULE,
    unbounded_select.RULE,
    fetchall_into_memory.RULE,
    unpooled_engine.RULE,
    sync_http_in_loop.RULE,
    insert_without_upsert.RULE,
    wall_clock_in_sql.RULE,
)
