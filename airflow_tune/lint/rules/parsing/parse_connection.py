"""AFT101: a connection is looked up each time the file is parsed."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

METHODS = ("get_connection", "get_conn", "get_uri", "get_sqlalchemy_engine")
NAMES = frozenset({"airflow.models.Connection.get", "airflow.sdk.Connection.get"})


def check(subject: Subject) -> Iterator[Hit]:
    """Yield calls at parse time that fetch a connection."""
    for site in subject.parse_sites:
        if site.name in NAMES or (site.last in METHODS and "ook" in site.name):
            yield Hit.on(site.node, f"{site.name}() runs at every parse of the file")


RULE = Rule(
    "AFT101",
    "connection-lookup-at-parse",
    Severity.ERROR,
    Explanation(
        what=(
            "A connection, or a client made from one, is fetched at the top level of the file or in a "
            "DAG's body."
        ),
        why=(
            "The file is parsed again and again, and each parse asks the metadata DB or the secrets "
            "backend; slow answers run into the parse time-out."
        ),
        example='conn = BaseHook.get_connection("warehouse")',
        instead="Fetch the connection inside the task, or pass its conn_id to the operator.",
        fix="No edit: the call has to move to where it belongs, which only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
