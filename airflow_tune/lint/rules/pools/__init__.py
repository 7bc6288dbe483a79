"""4xx: pools, slots and priorities."""

from __future__ import annotations

from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.rules.pools import (
    deferred_escapes,
    heavy_task,
    inflated_weight,
    mixed_pool,
    pool_too_small,
    sensor_in_pool,
    shared_resource,
    starving_slots,
    unknown_pool,
)

RULES: tuple[Rule, ...] = (heavy_task.RULE,)
PROJECT_RULES: tuple[ProjectRule, ...] = (
    shared_resource.RULE,
    unknown_pool.RULE,
    pool_too_small.RULE,
    sensor_in_pool.RULE,
    mixed_pool.RULE,
    starving_slots.RULE,
    inflated_weight.RULE,
    deferred_escapes.RULE,
)
