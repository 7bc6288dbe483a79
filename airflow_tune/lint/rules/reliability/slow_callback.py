"""AFT707: a callback waits for a service, or fails itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.dags.model import Reference
from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

CALLBACKS = tuple(f"on_{word}_callback" for word in ("failure", "success", "retry", "execute", "skipped"))
HTTP = (
    "requests.get",
    "requests.post",
    "requests.put",
    "requests.request",
    "requests.patch",
    "requests.delete",
)
CONNECTS = frozenset({"urllib.request.urlopen", "smtplib.SMTP", "smtplib.SMTP_SSL", *HTTP})


def check(subject: Subject) -> Iterator[Hit]:
    """Yield calls without a timeout, and raises, in the functions that are callbacks."""
    if not subject.flow.mentions("_callback"):
        return
    for name in sorted(callbacks(subject)):
        for body in subject.flow.named(name):
            yield from waits(body)
            yield from fails(body)


def callbacks(subject: Subject) -> set[str]:
    """Return the names of the file's functions that DAGs and tasks call back."""
    holders = [
        *(dag.arguments for dag in subject.graph.dags),
        *(task.arguments for _, task in subject.flow.tasks),
    ]
    found = set()
    for arguments in holders:
        for key in (*CALLBACKS, "sla_miss_callback"):
            value = arguments.get(key)
            for one in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(one, Reference) and one.kind == "function":
                    found.add(one.name)
    return found


def waits(body: Body) -> Iterator[Hit]:
    """Yield calls that may wait for ever."""
    for call in body.calls:
        if call.name in CONNECTS and not timed(call):
            yield Hit.on(
                call.node, f"the callback {body.name}() may wait for ever: {call.last} has no timeout"
            )


def timed(call: Call) -> bool:
    """Return whether a call has a timeout, or may have one."""
    return any(one.arg in ("timeout", None) for one in call.node.keywords)


def fails(body: Body) -> Iterator[Hit]:
    """Yield what a callback raises itself, outside any try."""
    for node in body.raises:
        if not any(isinstance(one, ast.Try) for one in body.up(node)):
            yield Hit.on(node, f"the callback {body.name}() raises: the alert is lost in a log")


RULE = Rule(
    "AFT707",
    "slow-callback",
    Severity.INFO,
    Explanation(
        what="A callback of a DAG or task that calls a service without a timeout, or raises an exception.",
        why=(
            "Callbacks of DAGs run in the DAG processor, which parses nothing meanwhile; and an "
            "exception in a "
            "callback is only logged, so that the alert never arrives."
        ),
        example="def alert(context):\n    requests.post(URL, json=message(context))",
        instead="Give each call a timeout of seconds, catch its errors, or use a notifier of a provider.",
        fix="No edit: how long an alert may take only its author knows.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/callbacks.html",
            "https://docs.astral.sh/ruff/rules/request-without-timeout/",
        ),
    ),
    check,
)
