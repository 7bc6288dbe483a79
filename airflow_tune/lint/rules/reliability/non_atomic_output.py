"""AFT710: a file that others read is written in place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.rules.resources.local_handoff import handed
from airflow_tune.lint.subject import Subject

SHARED = re.compile(r"^/(?!tmp/|var/tmp/|dev/|proc/)[\w.-]+/.")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield files on shared paths that one task writes and a later one reads, unless files are renamed."""
    if not subject.flow.mentions("/mnt", "/data", "/opt", "/shared", "/usr", "/home", "/srv", "/efs", "/nfs"):
        return
    if subject.flow.mentions("os.rename", "os.replace", ".rename(", ".replace(temp", "shutil.move", " mv "):
        return
    for writer, reader, access in handed(subject, SHARED):
        yield Hit(
            access.line,
            f"{reader.key} may read half of {access.path}: {writer.key} writes it in place",
            access.file,
        )


RULE = Rule(
    "AFT710",
    "non-atomic-output",
    Severity.INFO,
    Explanation(
        what="A task writes a file on a shared path in place, and a task downstream reads it.",
        why=(
            "A task that is killed half-way leaves half a file; with depends_on_past off, an all_done "
            "rule or a "
            "second run the reader takes it for a whole one."
        ),
        example='with open("/data/orders.csv", "w") as file:\n    file.write(rows)',
        instead=(
            "Write beside it under a temporary name, then os.replace() it: readers see the old or the new "
            "file."
        ),
        fix="No edit: several files, or a folder, may belong together.",
        sources=("https://docs.python.org/3/library/os.html#os.replace",),
    ),
    check,
)
