"""6xx: CPU, memory, files and processes of task code."""

from __future__ import annotations

from airflow_tune.lint.rule import Rule

RULES: tuple[Rule, ...] = ()
