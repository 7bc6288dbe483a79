"""AFT609: runs of one task write the same local file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.paths import CALLS, accesses, alone
from airflow_tune.lint.flow.texts import HOLE
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

TEMP = re.compile(r"^/(var/)?tmp/.")
RELATIVE = re.compile(r"^(\./)?[\w-][\w./-]*\.\w+$")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield writes to a fixed temporary or relative path by code that may run twice at the same time."""
    flow = subject.flow
    for body in flow.bodies(CALLS):
        for access, call in accesses(body):
            fixed = HOLE not in access.path and "{{" not in access.path
            local = TEMP.match(access.path) or RELATIVE.match(access.path)
            if access.mode != "read" and fixed and local and not call.loops and not alone(flow, body):
                yield Hit(access.line, f"two runs at the same time write the same {access.path}")


RULE = Rule(
    "AFT609",
    "shared-temp-path",
    Severity.WARN,
    Explanation(
        what=(
            "Task code writes a fixed path below /tmp, or one relative to wherever the worker happens "
            "to run. "
            "Tasks that are not mapped, in DAGs with max_active_runs=1, are left alone."
        ),
        why="Two runs, two mapped instances or a late retry overwrite each other's file on the same worker.",
        example='frame.to_csv("/tmp/orders.csv")',
        instead="Put the run into the path, or use tempfile.TemporaryDirectory().",
        fix="Unsafe: whoever reads the file has to know its name.",
        sources=("https://docs.python.org/3/library/tempfile.html",),
    ),
    check,
)
