"""AFT709: an Airflow Variable serves as counter, cursor or lock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

NAMES = ("airflow.models.Variable", "airflow.models.variable.Variable", "airflow.sdk.Variable", "Variable")

SECRETS = re.compile(r"token|credential|cookie|session|secret|password", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield writes of a Variable that the same task code reads."""
    if not subject.flow.mentions("variable.set", "variable as"):
        return
    for body in subject.flow.bodies(("set",)):
        read: dict[str, int] = {}
        for call in body.calls:
            if call.last == "get" and of_variable(call):
                read.setdefault(key_of(call), call.node.lineno)
        if subject.flow.alone(body) or not in_tasks(subject, body):
            continue
        for call in body.calls:
            if call.last == "set" and of_variable(call) and after(call, read) and not renewed(body, call):
                yield Hit.on(
                    call.node,
                    f"the Variable {told(body, call)} is read and then written: runs overtake each other",
                )


def after(call: Call, read: dict[str, int]) -> bool:
    """Return whether a Variable is set after it was read; what is set first is whatever the code says."""
    key, line = key_of(call), call.node.lineno
    return bool(key) and read.get(key, line + 1) <= line


def in_tasks(subject: Subject, body: Body) -> bool:
    """Return whether a body is known to be of a task; how many run a helper at once nobody knows."""
    name = subject.index.decorators.get(body.name, "")
    return bool(name) or body.is_method or bool(subject.flow.tasks_of(body))


def of_variable(call: Call) -> bool:
    """Return whether a method is one of Airflow's Variable."""
    return call.name.rpartition(".")[0] in NAMES


def renewed(body: Body, call: Call) -> bool:
    """Return whether a Variable is a credential by its name, or has no value yet: any run's is as good."""
    if any(isinstance(one, ast.ExceptHandler) for one in body.up(call.node)):
        return True
    node = call.argument(0, "key")
    written = ast.unparse(node) if node is not None else ""
    return bool(SECRETS.search(f"{written} {told(body, call)}"))


def key_of(call: Call) -> str:
    """Return the key of a Variable as it is written."""
    node = call.argument(0, "key")
    return ast.dump(node) if node is not None else ""


def told(body: Body, call: Call) -> str:
    """Return a key in words."""
    value = body.value(call.argument(0, "key"))
    return (
        repr(value.value)
        if isinstance(value, ast.Constant)
        else ast.unparse(value)
        if value is not None
        else ""
    )


RULE = Rule(
    "AFT709",
    "variable-as-lock",
    Severity.WARN,
    Explanation(
        what=(
            "Task code gets an Airflow Variable and sets the same one: a counter, a cursor, a flag that "
            "locks. Silent where one task of a DAG with max_active_runs=1 does it."
        ),
        why=(
            "Get and set are two transactions: runs and mapped tasks overwrite each other's value, a "
            "failed task "
            "leaves the lock behind, and each call is a connection to the metadata DB."
        ),
        example='last = Variable.get("last_id")\nload(last)\nVariable.set("last_id", last + 1)',
        instead=(
            "Use the data interval as cursor, a pool with one slot or max_active_runs=1 as lock, "
            "assets between "
            "DAGs, or a row in the target's own transaction."
        ),
        fix="No edit: what the Variable stands for only its author knows.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html#airflow-variables",
        ),
    ),
    check,
)
