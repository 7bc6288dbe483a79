"""6xx: CPU, memory, files and processes of task code."""

from __future__ import annotations

from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.resources import (
    daemon_children,
    dataframe_row_loop,
    growing_cache,
    list_not_generator,
    local_handoff,
    nested_parallelism,
    process_pool,
    shared_temp_path,
    temp_file_leak,
    unbuffered_io,
    unclosed_resource,
    venv_per_run,
    whole_file_read,
)

RULES: tuple[Rule, ...] = (
    whole_file_read.RULE,
    list_not_generator.RULE,
    dataframe_row_loop.RULE,
    growing_cache.RULE,
    process_pool.RULE,
    nested_parallelism.RULE,
    daemon_children.RULE,
    temp_file_leak.RULE,
    shared_temp_path.RULE,
    unclosed_resource.RULE,
    unbuffered_io.RULE,
    local_handoff.RULE,
    venv_per_run.RULE,
)
