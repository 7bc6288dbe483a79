"""AFT101: a connection is looked up each time the file is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.index import Site
from airflow_tune.lint.inits import inits
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

METHODS = ("get_connection", "get_conn", "get_uri", "get_sqlalchemy_engine")
NAMES = re.compile(
    r"airflow\.(models|models\.connection|sdk|sdk\.definitions\.connection)\.Connection\."
    r"(get|get_connection_from_secrets)"
)
SECRETS = re.compile(
    r".*[cC]lient\b.*\.(get_secret_value|access_secret_version|get_secret)"
    r"|.*\.secrets\..*\.(read_secret|read_secret_version|generate_credentials)"
)
"""How the clients of AWS, Google and Azure, and that of Vault, fetch a secret."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield calls that fetch a connection or a secret at parse time, and wherever a timetable is made."""
    for site in subject.parse_sites:
        if fetches(site):
            yield Hit.on(site.node, f"{site.name}() runs {subject.when(site)}")
    for site, name in inits(subject, ("Timetable",), fetches):
        message = f"{site.name}() runs wherever {name} is used, at every parse of those files"
        yield Hit.on(site.node, message)


def fetches(site: Site) -> bool:
    """Return whether a call fetches a connection or a secret."""
    if site.last in METHODS:
        return "ook" in site.name
    return any(names.fullmatch(site.name) for names in (NAMES, SECRETS))


RULE = Rule(
    "AFT101",
    "connection-lookup-at-parse",
    Severity.ERROR,
    Explanation(
        what=(
            "A connection, a client made from one, or a secret is fetched at the top level of the file, in a "
            "DAG's body, or in `__init__` of a timetable."
        ),
        why=(
            "The file is parsed again and again, and each parse asks the metadata DB or the secrets "
            "backend; slow answers run into the parse time-out."
        ),
        example='conn = BaseHook.get_connection("warehouse")',
        instead="Fetch it inside the task; of a connection, pass the conn_id to the operator.",
        fix="No edit: the call has to move to where it belongs, which only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
