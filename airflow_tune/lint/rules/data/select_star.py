"""AFT505: all columns are selected without naming them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.flow.fetches import sql_texts
from airflow_tune.lint.flow.loops import derived
from airflow_tune.lint.flow.queries import FETCHES, over_tables, statements_sent
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.sql import statements
from airflow_tune.lint.statement import HOLE, Statement
from airflow_tune.lint.subject import Subject

STAR = re.compile(r"select\s+(?:distinct\s+|all\s+)?(?:[\w\"`.]+\.)?\*|,\s*[\w\"`]+\.\*", re.IGNORECASE)

COLUMNS = re.compile(r"\bselect\s+(?:\w+\.)?column_name\b", re.IGNORECASE)
"""Queries that ask a database for the names of columns."""
ANY_TABLE = re.compile(r"\bfrom\s+[\"'`\[]?(?:\0|\w+)?[\"'`\].]*\0", re.IGNORECASE)
"""A table of which not even the last name is written."""
VERSIONS = re.compile(r"(new|old|te?mp|bak|bkp|backup|archive|arch|copy|hist|history|swap)\d*|\d+")
"""What the name of a table's other version has more."""
TEMPORARY = re.compile(r"\bcreate\s+(?:or\s+replace\s+)?(?:global\s+|local\s+)?temp", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield statements with a star over a table."""
    short: set[str] = set()
    whole = copies(subject)
    for line, file, text in sql_texts(subject):
        if not file and line in whole:
            continue
        if TEMPORARY.search(text):
            short |= {table for one in statements(text) or () if one.kind == "create" for table in one.writes}
        if STAR.search(text):
            made = set(short)  # whose columns the same script names
            for one in statements(text) or ():
                made |= one.writes if one.kind == "create" else set()
                if one.star and one.star not in made and not moved(one):
                    table = "a table" if HOLE in one.star else one.star
                    yield Hit(line, f"SELECT * takes all columns of {table}, now and in future", file)
                    break


def moved(one: Statement) -> bool:
    """Return whether rows go to another version of their table, by its name: orders_new, tmp_orders."""
    name = one.star.rpartition(".")[2]
    targets = [table.rpartition(".")[2] for table in one.writes if one.kind == "insert"]
    rests = [target.removeprefix(name).removesuffix(name).strip("_") for target in targets if name in target]
    return any(VERSIONS.fullmatch(rest) for rest in rests)


def copies(subject: Subject) -> set[int]:
    """Return the lines of queries that copy tables, whatever their columns are.

    One table for each item of a loop, or beside a query that asks the catalogue for the names of columns, or
    a table that is known to no source, whose columns are taken as the cursor describes them.
    """
    found: set[int] = set()
    if not subject.flow.mentions("select"):
        return found
    for body in subject.flow.bodies(("execute", "run", "query", "sql", *FETCHES)):
        sent = list(statements_sent(body))
        asks = any(COLUMNS.search(text.text) for _, text in sent)
        counts = any(isinstance(one, ast.Attribute) and one.attr == "description" for one in nodes(body.node))
        for call, text in sent:
            as_they_come = counts and ANY_TABLE.search(text.text) is not None
            if asks or as_they_come or any(over_tables(text, derived(body, loop)) for loop in call.loops):
                found.add(call.node.lineno)
    return found


RULE = Rule(
    "AFT505",
    "select-star",
    Severity.WARN,
    Explanation(
        what=(
            "SELECT * over a table, in SQL that task code sends or an operator is given. Looks at a "
            "few rows, "
            "CREATE TABLE AS, EXISTS, and stars over or in subqueries where the one or the other names its "
            "columns, and copies of one table after another are left alone."
        ),
        why=(
            "All columns are read and sent although few are used, which columnar stores bill by the "
            "byte; and a "
            "new or moved column breaks what reads the result by position."
        ),
        example='hook.get_records("SELECT * FROM orders WHERE day = %s", parameters=(day,))',
        instead="Name the columns that are used.",
        fix="No edit: which columns are needed is known further down.",
        sources=(
            "https://cloud.google.com/bigquery/docs/best-practices-performance-compute",
            "https://docs.sqlfluff.com/en/stable/reference/rules.html",
        ),
    ),
    check,
)
