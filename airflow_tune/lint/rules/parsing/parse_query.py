"""AFT103: a database is asked each time the file is parsed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.index import Site
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

NAMES = frozenset(
    {
        *(
            "psycopg2.connect",
            "psycopg.connect",
            "pymysql.connect",
            "mysql.connector.connect",
        ),
        *(
            "sqlite3.connect",
            "snowflake.connector.connect",
            "pyodbc.connect",
            "cx_Oracle.connect",
            "oracledb.connect",
        ),
        *("pandas.read_sql", "pandas.read_sql_query", "pandas.read_sql_table"),
    },
)
METHODS = ("get_records", "get_first", "get_pandas_df", "get_df")
ASKS = {
    "engine": ("connect", "begin", "raw_connection", "execute"),
    "connection": ("execute",),
    "cursor": ("execute", "executemany"),
    "session": ("execute", "query", "scalar", "scalars"),
}
"""What asks the database, by what it is called on; an engine by itself opens no connection."""
METHODS_OF_ALL = frozenset().union(*ASKS.values())


def check(subject: Subject) -> Iterator[Hit]:
    """Yield calls at parse time that ask a database."""
    for site in subject.parse_sites:
        if site.name in NAMES or (site.last in METHODS and "ook" in site.name) or asks(subject, site):
            yield Hit.on(site.node, f"{site.name}() runs {subject.when(site)}")


def asks(subject: Subject, site: Site) -> bool:
    """Return whether a call is made on what an engine, a connection or an ORM session is."""
    func = site.node.func
    if not isinstance(func, ast.Attribute) or func.attr not in METHODS_OF_ALL:
        return False
    body = subject.flow.around(site)
    return body is not None and func.attr in ASKS.get(kind(body, func.value), ())


RULE = Rule(
    "AFT103",
    "database-query-at-parse",
    Severity.ERROR,
    Explanation(
        what="The top level of the file or a DAG's body connects to a database or runs a query.",
        why=(
            "Each parse opens a connection and waits for the answer; many files and processes do so at once."
        ),
        example='rows = pd.read_sql("SELECT name FROM tables", engine)',
        instead="Query in a task and map over the result.",
        fix="No edit: the call has to move to where it belongs, which only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
