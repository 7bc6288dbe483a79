"""AFT512: what a query selects depends on when it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.fetches import sql_texts
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.sql import statements
from airflow_tune.lint.subject import Subject

CLOCK = re.compile(
    r"\b(current_(date|timestamp|time|datetime)|now\s*\(|sysdate|getdate\s*\(|systimestamp|utc_timestamp|today\s*\()",
    re.IGNORECASE,
)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield statements whose conditions ask the database's clock."""
    for line, file, text in sql_texts(subject):
        if CLOCK.search(text):
            for one in statements(text) or ():
                if one.clock:
                    yield Hit(line, f"{one.clock} decides which rows count: another run gives others", file)
                    break


RULE = Rule(
    "AFT512",
    "wall-clock-in-sql",
    Severity.INFO,
    Explanation(
        what=(
            "CURRENT_DATE, NOW() or their like in a condition of a query. Deletes of old rows, and "
            "columns that "
            "note when a row was written, are left alone."
        ),
        why=(
            "A run that is late, tried again or made up for later works on other data than the one it "
            "stands for."
        ),
        example="SELECT id FROM orders WHERE day = CURRENT_DATE - 1",
        instead="Use the run's data interval: '{{ data_interval_start }}' and '{{ data_interval_end }}'.",
        fix="No edit: which end of the interval is meant only the author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
