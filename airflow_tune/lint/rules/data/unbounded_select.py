"""AFT506: a whole table is fetched to the worker."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.fetches import all_rows, reads_whole, sql_texts
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.sql import statements
from airflow_tune.lint.statement import HOLE
from airflow_tune.lint.subject import Subject

SMALL = re.compile(
    r"config|param|setting|lookup|(^|[._])dim_|status|type|meta|control|mapping|catalog|version|calendar|countr|"
    r"currenc|schema|partition|^(stv|stl|svv|svl|sys|v\$)_",
    re.IGNORECASE,
)
"""Tables that are small by what they are for, or that a database keeps of itself."""

EMPTIES = re.compile(r"\b(truncate|drop)\s|\bdelete\s+from\s+[^\s;]+\s*(;|$)", re.IGNORECASE)
"""SQL that leaves nothing of a table."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield queries without any condition whose rows are all fetched."""
    small: dict[str, bool] = {}
    for _body, call, text in all_rows(subject.flow):
        table = reads_whole(text)
        if table and table not in small:
            small[table] = bool(SMALL.search(table)) or summary(subject, table)
        if table and not small[table]:
            named = "a table" if HOLE in table else table
            yield Hit.on(call.node, f"{call.last}() brings every row of {named} to the worker")


def summary(subject: Subject, table: str) -> bool:
    """Return whether the file's SQL empties a table and fills it with groups, so that it stays small."""
    texts = [text for _line, _file, text in sql_texts(subject)]
    if not any(map(EMPTIES.search, texts)):
        return False
    done = [one for text in texts for one in statements(text) or () if table in one.writes]
    filling = [one for one in done if one.grouped or one.kind in ("insert", "copy", "merge")]
    emptied = any(one.kind in ("truncate", "delete", "drop") for one in done)
    return emptied and bool(filling) and all(one.grouped for one in filling)


RULE = Rule(
    "AFT506",
    "unbounded-select",
    Severity.WARN,
    Explanation(
        what=(
            "A SELECT from one table with neither WHERE, LIMIT, GROUP BY, DISTINCT nor an aggregate, "
            "of which "
            "all rows are fetched. Tables that are small by their names (dim_, config, lookup), and those "
            "that the same file empties and fills with groups, are left alone."
        ),
        why="The database scans the table and the worker holds it: both grow with it until one gives out.",
        example='rows = hook.get_records("SELECT id, amount FROM orders")',
        instead="Select the rows of the data interval, or let the database do the work and fetch the result.",
        fix="No edit: which rows are meant only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
