"""AFT612: one task leaves a local file for another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.dags.model import Task
from airflow_tune.findings import Severity
from airflow_tune.lint.flow.paths import Access, task_accesses
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.shape import Shape
from airflow_tune.lint.subject import Subject

LOCAL = re.compile(r"^/(var/)?tmp/.|^(\./)?[\w-][\w./-]*\.\w+$")
"""Paths that no worker shares with another: below /tmp, or relative to where the worker runs."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield reads of local files that a task upstream wrote."""
    if not subject.flow.mentions("open(", "/tmp/", ".to_", ".read_", "write_text"):  # noqa: S108 - looked for
        return
    for writer, reader, access in handed(subject, LOCAL):
        yield Hit(
            access.line,
            f"{reader.key} reads {access.path}, which {writer.key} wrote on the worker that it ran on",
            access.file,
        )


def handed(subject: Subject, paths: re.Pattern[str]) -> Iterator[tuple[Task, Task, Access]]:
    """Yield (writer, reader, the read) for each path of a pattern that passes from a task to a later one."""
    found = [
        one for one in task_accesses(subject.flow) if paths.match(one[2].path) and "\0" not in one[2].path
    ]
    writes: dict[tuple[int, str], dict[str, Task]] = {}
    for dag, task, access in found:
        if access.mode != "read":
            writes.setdefault((id(dag), access.path), {}).setdefault(task.key, task)
    shapes: dict[int, Shape] = {}
    for dag, task, access in found:
        writers = writes.get((id(dag), access.path), {}) if access.mode == "read" else {}
        # What a task wrote itself it has at hand.
        if writers and task.key not in writers:
            before = shapes.setdefault(id(dag), Shape(dag)).before.of(task.key)
            writer = next((one for key, one in writers.items() if key in before), None)
            if writer is not None:
                yield writer, task, access


RULE = Rule(
    "AFT612",
    "local-file-handoff",
    Severity.ERROR,
    Explanation(
        what=(
            "A task writes a file below /tmp or at a relative path, and a task downstream reads the same "
            "path."
        ),
        why=(
            "The two may run on different workers, or on one that was replaced in between: the file is "
            "not there, "
            "or is that of another run."
        ),
        example='extract: frame.to_csv("/tmp/orders.csv")\nload: pd.read_csv("/tmp/orders.csv")',
        instead=(
            "Hand it over through object storage or a shared volume, and pass its path as the task's result."
        ),
        fix="No edit: where the file may live only the author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html#communication",),
    ),
    check,
)
