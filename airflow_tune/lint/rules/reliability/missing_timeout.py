"""AFT705: a task that hangs holds its slot for ever."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from airflow_tune.dags.model import Task, Unknown
from airflow_tune.findings import Severity
from airflow_tune.lint.given import lacking, named, talking
from airflow_tune.lint.mending import lacked
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

BOUNDED = re.compile(
    r"^(SSH|Email|SlackAPI\w*|SlackWebhook|S3(List\w*|(Copy|Create|Delete|Put|Get)\w*))Operator$"
)
"""Operators that end by themselves: unless set otherwise cmd_timeout is 10 s, [smtp] smtp_timeout 30 s, the
timeout of slack_sdk's clients 30 s, and botocore's connect_timeout and read_timeout 60 s."""
HTTP = frozenset({"HttpOperator", "SimpleHttpOperator"})
"""Their extra_options go to requests, whose timeout ends a call that is not answered."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield DAGs with tasks that talk to other systems and may hang, once each."""
    for dag in subject.graph.dags:
        if dag.arguments.get("dagrun_timeout") is not None:
            continue  # it ends the run, and what of it hangs
        talks = (task for task in talking(subject, dag.tasks) if not ends(task))
        found = list(lacking(dag, talks, "execution_timeout"))
        if found:
            word = "has" if len(found) == 1 else "have"
            lack = f"{word} no execution_timeout, so a call that hangs holds its slot for ever"
            message = f"{named(found, dag, subject.file)} {lack}"
            yield lacked(subject, dag, found, message, execution_timeout="timedelta(hours=1)")


def ends(task: Task) -> bool:
    """Return whether a call of a task that is not answered ends by itself."""
    if task.argument("active_deadline_seconds") is not None:
        return True  # Kubernetes ends the pod or job then
    options = task.argument("extra_options")
    timed = isinstance(options, Mapping) and options.get("timeout") is not None
    asks = task.operator in HTTP and (timed or isinstance(options, Unknown))
    endless = "cmd_timeout" in task.arguments and task.arguments["cmd_timeout"] is None
    return asks or (not endless and bool(BOUNDED.match(task.operator)))


RULE = Rule(
    "AFT705",
    "missing-execution-timeout",
    Severity.WARN,
    Explanation(
        what=(
            "Operators of databases, services and clouds without execution_timeout, in a DAG without "
            "dagrun_timeout; told once per DAG. HTTP calls whose extra_options set a timeout, and pods and "
            "jobs with active_deadline_seconds, end by themselves; sensors are AFT802's."
        ),
        why="A dropped connection or a lock that never comes keeps the worker slot until somebody looks.",
        example='SQLExecuteQueryOperator(task_id="load", sql="...")',
        instead="Set execution_timeout in default_args, to a few times what the task usually takes.",
        fix="Unsafe: writes an hour; the right timeout depends on the task.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html#timeouts",),
    ),
    check,
)
