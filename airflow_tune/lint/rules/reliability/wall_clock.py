"""AFT711: what a task works on depends on when it happens to run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

CLOCKS = frozenset(
    {
        *(
            "datetime.datetime.now",
            "datetime.datetime.today",
            "datetime.datetime.utcnow",
            "datetime.date.today",
        ),
        *("pendulum.now", "pendulum.today", "pendulum.yesterday", "pendulum.DateTime.now", "datetime.now"),
        *("airflow.utils.timezone.utcnow", "pandas.Timestamp.now", "pandas.Timestamp.today"),
    }
)
SPANS = frozenset({"timedelta", "relativedelta", "DateOffset", "Timedelta", "duration"})


def check(subject: Subject) -> Iterator[Hit]:
    """Yield the wall clock in the code of tasks, where a span of it selects what is worked on."""
    for body in subject.flow.bodies(("now", "today", "utcnow", "yesterday")):
        if not subject.flow.tasks_of(body):
            continue
        for call in body.calls:
            if call.name in CLOCKS and steers(body, call):
                yield Hit.on(
                    call.node,
                    f"{call.last}() picks the days that the task works on: a rerun picks others",
                )


def steers(body: Body, call: Call) -> bool:
    """Return whether a span is taken from a clock's time, in days or by its calendar."""
    spots: list[ast.AST] = [call.node]
    parent = body.parents.get(call.node)
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        spots += body.loads.get(parent.targets[0].id, [])
    return any(shifted(body, spot) for spot in spots)


def shifted(body: Body, node: ast.AST) -> bool:
    """Return whether a time is moved by a span of days or to a limit of the calendar."""
    parent = body.parents.get(node)
    if isinstance(parent, ast.Attribute):
        call = body.parents.get(parent)
        if parent.attr in ("date", "replace") and isinstance(call, ast.Call):
            return shifted(body, call)
        return parent.attr in ("subtract", "start_of") and isinstance(call, ast.Call)
    if not isinstance(parent, ast.BinOp) or not isinstance(parent.op, (ast.Sub, ast.Add)):
        return False
    span = parent.right if parent.left is node else parent.left
    return isinstance(span, ast.Call) and body.dotted(span.func).rpartition(".")[2] in SPANS and days(span)


def days(span: ast.Call) -> bool:
    """Return whether a span counts days or longer: seconds and minutes are for timeouts."""
    units = {one.arg for one in span.keywords}
    return bool(span.args) or bool(units & {"days", "weeks", "months", "years"})


RULE = Rule(
    "AFT711",
    "wall-clock-in-task",
    Severity.INFO,
    Explanation(
        what="now() or today(), less or plus a span of days, in the code that a task runs.",
        why="A late run, a retry after midnight or a backfill works on other days than those it stands for.",
        example="yesterday = datetime.now() - timedelta(days=1)",
        instead="Take the run's data_interval_start and data_interval_end, or its logical date.",
        fix="No edit: which end of the interval is meant only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",),
    ),
    check,
)
