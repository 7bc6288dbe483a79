"""AFT506: a whole table is fetched to the worker."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.fetches import all_rows, reads_whole
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.statement import HOLE
from airflow_tune.lint.subject import Subject

SMALL = re.compile(
    r"config|param|setting|lookup|(^|[._])dim_|status|type|meta|control|mapping|catalog|version|calendar|countr|"
    r"currenc|schema|partition|^(stv|stl|svv|svl|sys|v\$)_",
    re.IGNORECASE,
)
"""Tables that are small by what they are for, or that a database keeps of itself."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield queries without any condition whose rows are all fetched."""
    for _body, call, text in all_rows(subject.flow):
        table = reads_whole(text)
        if table and not SMALL.search(table):
            named = "a table" if HOLE in table else table
            yield Hit.on(call.node, f"{call.last}() brings every row of {named} to the worker")


RULE = Rule(
    "AFT506",
    "unbounded-select",
    Severity.WARN,
    Explanation(
        what=(
            "A SELECT from one table with neither WHERE, LIMIT, GROUP BY, DISTINCT nor an aggregate, "
            "of which "
            "all rows are fetched. Tables that are small by their names (dim_, config, lookup) are "
            "left alone."
        ),
        why="The database scans the table and the worker holds it: both grow with it until one gives out.",
        example='rows = hook.get_records("SELECT id, amount FROM orders")',
        instead="Select the rows of the data interval, or let the database do the work and fetch the result.",
        fix="No edit: which rows are meant only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
