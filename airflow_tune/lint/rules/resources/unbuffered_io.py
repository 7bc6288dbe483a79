"""AFT611: files are read or written in crumbs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.blocks import dropped
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import replace
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.loops import conditional, depends, derived, per_item
from airflow_tune.lint.flow.paths import used
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

TINY = 512
"""Bytes per read below which the calls cost more than the copying; a file system's block is 4,096."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield unbuffered files, flushes and openings per item, and tiny reads."""
    for body in subject.flow.bodies(("open", "flush", "read", "fsync")):
        for call in body.calls:
            message = wasteful(body, call)
            if message:
                yield Hit.on(call.node, message, buffered(subject, body, call))


def wasteful(body: Body, call: Call) -> str:
    """Return what is wasteful about a call, "" for nothing."""
    if call.name in ("open", "io.open"):
        size = call.argument(2, "buffering")
        if isinstance(size, ast.Constant) and size.value == 0 and size.value is not False:
            return "buffering=0 makes a system call of each read and write"
        return "the file is opened again for each item that is appended" if reopened(body, call) else ""
    if not call.loops:
        return ""
    if call.last == "read" and tiny(call) and kind(body, call.receiver) == "file":
        return "the loop reads a few bytes per call"
    each = (
        call.last in ("flush", "fsync")
        and per_item(body, call) is not None
        and not conditional(body, call, call.loops[-1])
    )
    if each and (call.name == "os.fsync" or kind(body, call.receiver) == "file"):
        return f"{call.last}() writes each item to disk by itself"
    return ""


def reopened(body: Body, call: Call) -> bool:
    """Return whether a loop opens the same file for each item, to append."""
    loop = per_item(body, call) if call.loops else None
    found = used(body, call)
    if loop is None or found is None or found[0] != "append":
        return False
    return not depends(found[1], derived(body, loop))


def tiny(call: Call) -> bool:
    """Return whether a read takes a few bytes at once."""
    size = call.node.args[0] if call.node.args else None
    return isinstance(size, ast.Constant) and isinstance(size.value, int) and 0 < size.value < TINY


def buffered(subject: Subject, body: Body, call: Call) -> Fix | None:
    """Return the fix that leaves buffering to Python, or drops a flush; None for all else."""
    size = call.argument(2, "buffering") if call.last == "open" else None
    if isinstance(size, ast.Constant) and size.value == 0:
        return Fix((replace(size, "-1"),))
    statement = body.parents.get(call.node) if call.last == "flush" else None
    edit = dropped(subject, statement) if isinstance(statement, ast.Expr) else None
    return Fix((edit,)) if edit is not None else None


RULE = Rule(
    "AFT611",
    "unbuffered-io",
    Severity.INFO,
    Explanation(
        what=(
            "open with buffering=0, flush or fsync for each item of a loop, a file opened for each "
            "line that is "
            "appended, or reads of less than 512 bytes in a loop."
        ),
        why=(
            "Each costs a system call, and on network disks a round trip, where a buffer would make one of "
            "thousands."
        ),
        example='for row in rows:\n    with open("out.csv", "a") as file:\n        file.write(row)',
        instead="Open once, write through the buffer, close at the end.",
        fix=(
            "Unsafe: leaves out the flush, or the 0; what was written before a failure may differ. "
            "No edit for small reads."
        ),
        sources=("https://docs.python.org/3/library/functions.html#open",),
    ),
    check,
)
