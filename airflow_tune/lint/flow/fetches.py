"""Queries whose rows come to the worker: what they ask, and how their rows are taken."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.dags.model import Dag, Task
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.file import Flow
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.queries import FETCHES, sent, statements_sent
from airflow_tune.lint.flow.texts import HOLE, Text
from airflow_tune.lint.sql import statements, verb
from airflow_tune.lint.subject import Subject

OPERATOR_SQL = ("sql", "query", "hql", "bql", "sql_query")
CATALOG = re.compile(
    r"^\s*(show|describe|desc|pragma|set|explain)\b|information_schema|pg_catalog|\bpg_\w+|to_regclass|"
    r"\b(?:all|user|dba)_(?:tab_columns|tables|objects|constraints|cons_columns|views|indexes)\b|"
    r"sqlite_master|\bsys\.\w+",
    re.IGNORECASE,
)
OPEN_END = re.compile(rf"(?!(?:from|join)\s)(?<!\S)\S+\s+{HOLE}[\s;]*$", re.IGNORECASE)
"""A computed part behind the table's name."""
FEW = re.compile(
    r"\blimit\s+\d{1,3}\b|\btop\s+\d{1,3}\b|\b(?:count|max|min|sum)\s*\(|\bdistinct\b|\bgroup\s+by\b",
    re.IGNORECASE,
)
"""Queries that answer with few rows, or with as many as there are groups."""


def of_catalog(text: Text) -> bool:
    """Return whether a query asks the database about itself: tables, columns, settings."""
    return bool(CATALOG.search(text.text))


def asked(body: Body, call: Call) -> Text | None:
    """Return the SQL whose rows a call takes: its own, or the last that was sent through the same cursor."""
    if call.last in FETCHES:
        return sent(body, call)
    key = place(call.receiver)
    if not key and isinstance(call.receiver, ast.Call):
        inner = next((one for one in body.calls if one.node is call.receiver), None)
        return sent(body, inner) if inner is not None else None
    found = None
    for one in body.calls:
        if one.node is call.node:
            break
        if key and (place(one.receiver) == key or result(body, one) == key):
            text = sent(body, one)
            found = text if one.last == "execute" else found
    return found


def place(node: ast.expr | None) -> str:
    """Return how an object is written, "" where it is no plain name or attribute."""
    if isinstance(node, ast.Name):
        return node.id
    return ast.unparse(node) if isinstance(node, ast.Attribute) else ""


def result(body: Body, call: Call) -> str:
    """Return the name that a call's result is bound to."""
    parent = body.parents.get(call.node)
    return place(parent.targets[0]) if isinstance(parent, ast.Assign) else ""


def small(text: Text | None) -> bool:
    """Return whether a query is known to answer with few rows."""
    return text is not None and (of_catalog(text) or bool(FEW.search(text.text)))


def takes_all(body: Body, call: Call) -> bool:
    """Return whether a call brings all rows of a query to the worker at once."""
    if call.last == "fetchall":
        return kind(body, call.receiver) in ("cursor", "")
    if call.last in ("read_sql", "read_sql_query"):
        return call.keyword("chunksize") is None and call.name.startswith(("pandas.", "polars."))
    return call.last in ("get_records", "get_pandas_df", "get_df") and kind(body, call.receiver).startswith(
        ("hook", "")
    )


def sql_texts(subject: Subject) -> Iterator[tuple[int, str, str]]:
    """Yield (line, file, SQL) of all SQL of a file: sent by calls or given to operators, .sql files too."""
    flow = subject.flow
    if not flow.mentions("select", "insert", "update", "delete", "merge", ".sql"):
        return
    for body in flow.bodies(("execute", "run", "query", "sql", *FETCHES)):
        for call, text in statements_sent(body):
            yield call.node.lineno, "", text.filled()
    for dag, task in flow.tasks:
        for one in operator_sql(subject, dag, task):
            yield task.place.line, task.place.file, one


def operator_sql(subject: Subject, dag: Dag, task: Task) -> Iterator[str]:
    """Yield the SQL that an operator was given, as text or as the name of a template file."""
    for name in OPERATOR_SQL:
        value = task.arguments.get(name)
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(one, str):
                text = template(subject, dag, one) if one.rstrip().endswith(".sql") else one
                if verb(text):
                    yield text


def template(subject: Subject, dag: Dag, path: str) -> str:
    """Return the text of a .sql file beside the DAG or on its template_searchpath, "" where there is none."""
    given = dag.arguments.get("template_searchpath")
    folders = [given] if isinstance(given, str) else given if isinstance(given, (list, tuple)) else []
    for folder in ("", *folders):
        if isinstance(folder, str):
            text = subject.read(f"{folder}/{path}" if folder else path)
            if text is not None:
                return text
    return ""


def all_rows(flow: Flow) -> Iterator[tuple[Body, Call, Text | None]]:
    """Yield the calls that bring all rows of a query to the worker, with its SQL where that is known."""
    for body in flow.bodies(
        ("fetchall", "read_sql", "read_sql_query", "get_records", "get_pandas_df", "get_df")
    ):
        for call in body.calls:
            if takes_all(body, call):
                yield body, call, asked(body, call)


def reads_whole(text: Text | None) -> str:
    """Return the table that a query reads from first row to last, "" where it does not or that is unknown."""
    # What is added to the end of a query may well bound it.
    open_ended = text is not None and OPEN_END.search(text.text)
    found = statements(text.filled()) if text is not None and not open_ended else None
    return found[0].whole if found is not None and len(found) == 1 else ""
