"""Rules on SQL judge the .sql files that operators name, beside the DAG or on its search path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_tune.lint.rules.data import insert_without_upsert, select_star, wall_clock_in_sql

SOURCE = """from airflow import DAG
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
with DAG("d", template_searchpath="/sql", default_args={"retries": 2}):
    SQLExecuteQueryOperator(task_id="a", sql="load.sql")
"""
SQL = "INSERT INTO a SELECT * FROM b WHERE d > now()"


@pytest.mark.parametrize("path", ["load.sql", "/sql/load.sql"])
@pytest.mark.parametrize("module", [select_star, insert_without_upsert, wall_clock_in_sql])
def test_template_files_are_judged(subject, module, path):
    found = replace(subject(SOURCE), read={path: SQL}.get)
    assert [hit.line for hit in module.check(found)] == [4]


def test_a_template_that_is_not_there_is_no_finding(subject):
    assert list(select_star.check(subject(SOURCE))) == []
