"""AFT501: a connection is opened for each item of a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

LAST = frozenset({"connect", "create_engine", "get_conn", "get_sqlalchemy_engine"})
PACKAGES = (
    "psycopg",
    "pymysql",
    "mysql",
    "sqlite3",
    "sqlalchemy",
    "snowflake",
    "pyodbc",
    "oracledb",
    "cx_Oracle",
)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield connections opened in loops; a loop that retries the connection breaks out of itself."""
    for site in subject.index.sites:
        opens = site.last in LAST and (site.name.startswith(PACKAGES) or "ook" in site.name)
        if opens and site.loops and not any(retries(loop) for loop in site.loops):
            yield Hit(site.node.lineno, f"{site.name}() opens a connection for each item of the loop")


def retries(loop: ast.stmt) -> bool:
    """Return whether a loop ends with its first success."""
    return any(isinstance(node, (ast.Break, ast.Return)) for node in ast.walk(loop))


RULE = Rule(
    "AFT501",
    "connection-in-loop",
    Severity.ERROR,
    Explanation(
        what="connect, create_engine, get_conn or a session is called inside a loop of task code.",
        why="Each item pays for TCP, TLS and login, and the server may run out of connections.",
        example="for row in rows:\n    conn = psycopg2.connect(dsn)",
        instead="Open it once before the loop.",
        fix="Unsafe: hoisting changes what a failure in the middle leaves open.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
