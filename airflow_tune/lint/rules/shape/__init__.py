"""2xx: how tasks depend on each other."""

from __future__ import annotations

from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.shape import (
    branch_join,
    broken_graph,
    dense_cross,
    hidden_failure,
    orphan_task,
    redundant_edge,
    serial_chain,
    task_explosion,
    tiny_tasks,
    unbounded_mapping,
    ungrouped_tasks,
    waiting_trigger,
)

RULES: tuple[Rule, ...] = (
    redundant_edge.RULE,
    dense_cross.RULE,
    branch_join.RULE,
    ungrouped_tasks.RULE,
    unbounded_mapping.RULE,
    task_explosion.RULE,
    orphan_task.RULE,
    broken_graph.RULE,
    hidden_failure.RULE,
    waiting_trigger.RULE,
)
PROJECT_RULES: tuple[ProjectRule, ...] = (serial_chain.RULE, tiny_tasks.RULE)
