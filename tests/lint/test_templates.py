"""Rules look into other files: .sql files beside the DAG or on its search path, modules that it imports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from airflow_tune.lint.rules.data import insert_without_upsert, select_star, wall_clock_in_sql
from airflow_tune.lint.rules.parsing import heavy_import

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


@pytest.mark.parametrize("top", ["import pandas as pd", "from pandas import DataFrame", "import os"])
@pytest.mark.parametrize("place", ["", "/plugins", "/.."])
def test_heavy_imports_name_the_module_that_brings_the_package_too(subject, place, top):
    source = "import pandas as pd\nfrom helper import send\n\n\ndef work():\n    send(pd.DataFrame())\n"
    found = subject(source)
    found = replace(found, read={f"{found.root}{place}/helper.py": f"{top}\n"}.get)
    (hit,) = heavy_import.check(found)
    assert ("helper, which this file imports, imports pandas at its top too" in hit.advice) == (
        "pandas" in top
    )


def test_heavy_imports_look_where_a_relative_import_leads(subject):
    source = "import pandas as pd\nfrom ..helper import send\n\n\ndef work():\n    send(pd.DataFrame())\n"
    (hit,) = heavy_import.check(replace(subject(source), read={"./../helper.py": "import pandas\n"}.get))
    assert "..helper, which this file imports" in hit.advice
