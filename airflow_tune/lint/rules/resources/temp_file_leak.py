"""AFT608: temporary files stay behind."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.blocks import held
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import named, source_of
from airflow_tune.lint.flow.body import Body, Call, names_in
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

MAKES = frozenset({"tempfile.mkstemp", "tempfile.mkdtemp"})
REMOVES = frozenset({"remove", "unlink", "rmtree", "rmdir", "removedirs", "cleanup", "callback", "register"})
MOVES = frozenset({"os.replace", "os.rename", "shutil.move"})

NOTHING = "leaves its file on the worker: nothing removes it"
ONLY_FAILED = "leaves its file on the worker when nothing fails: only an error removes it"


def check(subject: Subject) -> Iterator[Hit]:
    """Yield temporary files that nothing removes, or nothing when the task fails."""
    for body in subject.flow.bodies(("NamedTemporaryFile", "mkstemp", "mkdtemp")):
        for call in body.calls:
            if call.name in MAKES or kept(call):
                message = leaks(body, call)
                if message:
                    yield Hit.on(call.node, f"{call.last}() {message}", cleaned(subject, body, call, message))


def cleaned(subject: Subject, body: Body, call: Call, message: str) -> Fix | None:
    """Return the fix that uses a temporary folder inside `with`, where nothing else removes it."""
    known = named(subject, "tempfile.TemporaryDirectory") if call.last == "mkdtemp" else None
    if known is None or message != NOTHING:
        return None
    given = source_of(subject, call.node)[len(source_of(subject, call.node.func)) :]
    edit = held(subject, body, call, f"{known[0]}{given}")
    return Fix((edit, *known[1])) if edit is not None else None


def kept(call: Call) -> bool:
    """Return whether a temporary file outlives its closing."""
    said = call.keyword("delete")
    return (
        call.name == "tempfile.NamedTemporaryFile" and isinstance(said, ast.Constant) and said.value is False
    )


def leaks(body: Body, call: Call) -> str:
    """Return how a temporary file stays behind; one that is handed on is the receiver's."""
    names = reached(body, call)
    if not names or any(names_in(one.value) & names for one in body.returns) or stored(body, names):
        return ""
    removes = [one for one in body.calls if ends(one) and names_in(one.node) & names]
    if not removes:
        return NOTHING
    if any(in_finally(body, one) for one in removes) or len(removes) > 1:
        return ""
    if any(isinstance(one, ast.ExceptHandler) for one in body.up(removes[0].node)):
        return ONLY_FAILED
    return "leaves its file on the worker when the task fails before it is removed"


def ends(call: Call) -> bool:
    """Return whether a call removes what it is given, or moves it to where it belongs."""
    moves = (
        call.name in MOVES or call.last == "rename" or (call.last == "replace" and len(call.node.args) == 1)
    )
    return moves or call.last in REMOVES


def reached(body: Body, call: Call) -> set[str]:
    """Return the names that hold the file or its path, directly or through others."""
    names = {name for name, binds in body.binds.items() if any(within(one.value, call) for one in binds)}
    size = -1
    while size != len(names):
        size = len(names)
        names |= {
            name
            for name, binds in body.binds.items()
            if any(one.how in ("assign", "with") and names_in(one.value) & names for one in binds)
        }
    return names


def within(value: ast.expr | None, call: Call) -> bool:
    """Return whether a value is, or holds, a call."""
    return value is not None and any(one is call.node for one in nodes(value))


def stored(body: Body, names: set[str]) -> bool:
    """Return whether the path is yielded, put into an object that lives on, or pushed for other tasks."""
    if any(one.last == "xcom_push" and names_in(one.node) & names for one in body.calls):
        return True
    for one in nodes(body.node):
        if isinstance(one, (ast.Yield, ast.YieldFrom)) and names_in(one) & names:
            return True
        attribute = isinstance(one, ast.Assign) and isinstance(one.targets[0], (ast.Attribute, ast.Subscript))
        if attribute and names_in(one.value) & names:  # type: ignore[attr-defined]
            return True
    return False


def in_finally(body: Body, call: Call) -> bool:
    """Return whether a call runs whatever happened."""
    if call.last in ("callback", "register"):
        return True
    inner: ast.AST = call.node
    for one in body.up(call.node):
        if isinstance(one, ast.Try) and any(inner is part for part in one.finalbody):
            return True
        inner = one
    return False


RULE = Rule(
    "AFT608",
    "temp-file-leak",
    Severity.WARN,
    Explanation(
        what=(
            "NamedTemporaryFile(delete=False), mkstemp or mkdtemp whose file nothing removes, or that "
            "is removed "
            "only when nothing fails. Paths that are returned or stored are left alone."
        ),
        why=(
            "Each run, or each failed one, leaves its file behind, until the worker's disk is full for all "
            "tasks."
        ),
        example="path = tempfile.mkdtemp()\nexport_to(path)\nupload(path)",
        instead="with tempfile.TemporaryDirectory() as path: ..., or remove it in a finally block.",
        fix=(
            "Unsafe: puts the rest of the block into a `with` that removes the folder of mkdtemp; no "
            "edit for the others."
        ),
        sources=("https://docs.python.org/3/library/tempfile.html",),
    ),
    check,
)
