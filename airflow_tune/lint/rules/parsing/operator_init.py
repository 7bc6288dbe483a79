"""AFT107: an operator's `__init__` makes a hook, a client or a connection."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.index import Site
from airflow_tune.lint.inits import inits
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

OPENS = frozenset(
    {
        *("get_connection", "get_conn", "create_engine", "connect", "get_hook", "get_sqlalchemy_engine"),
        *("boto3.client", "boto3.resource", "boto3.Session", "requests.Session"),
    }
)
ENDINGS = ("Operator", "Sensor")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield what `__init__` of an operator opens."""
    for site, name in inits(subject, ENDINGS, opens):
        message = f"{site.name}() runs wherever {name} is used, at every parse of those files"
        yield Hit.on(site.node, message)


def opens(site: Site) -> bool:
    """Return whether a call makes a hook, or opens a connection."""
    return site.name in OPENS or site.last in OPENS or (site.last.endswith("Hook") and site.last != "Hook")


RULE = Rule(
    "AFT107",
    "hook-in-operator-init",
    Severity.ERROR,
    Explanation(
        what="`__init__` of an operator or sensor makes a hook or client, or opens a connection.",
        why=(
            "Operators are made whenever a file that uses them is parsed, not when the task runs: each "
            "parse asks the metadata DB or a service, and a failure there breaks the DAG."
        ),
        example="class Load(BaseOperator):\n    def __init__(self):\n        self.hook = PostgresHook('db')",
        instead="Keep the connection's id in __init__ and make the hook in execute, or in a cached property.",
        fix="No edit: every use of the attribute has to move along.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/howto/custom-operator.html",),
    ),
    check,
)
