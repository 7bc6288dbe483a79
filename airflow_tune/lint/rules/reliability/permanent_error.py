"""AFT703: an error that will not go away is tried again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.editing import named, replace
from airflow_tune.lint.flow.body import Body
from airflow_tune.lint.flow.loops import words
from airflow_tune.lint.flow.texts import text_of
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

GENERIC = frozenset({"AirflowException", "Exception", "ValueError", "RuntimeError", "TypeError", "KeyError"})
PERMANENT = re.compile(
    r"\binvalid\b|\bunsupported\b|\bunauthori[sz]ed\b|\bforbidden\b|\bpermission denied\b|\bmalformed\b|"
    r"\bnot (?:allowed|supported|valid|authori[sz]ed|permitted)\b|\bmust (?:be|have|contain)\b|"
    r"\bschema (?:mismatch|changed|does)|"
    r"\bmissing (?:(?:required|mandatory)(?! values)|column|field|parameter|argument|key)|"
    r"\bis required\b|"
    r"\bunknown (?:type|format|column|field|option|parameter)\b|\bwrong (?:type|format|number)\b",
    re.IGNORECASE,
)
WORDS = (
    *("invalid", "unsupported", "unauthori", "forbidden", "permission denied", "malformed", "not allowed"),
    *("not supported", "not valid", "not authori", "not permitted", "must be", "must have", "must contain"),
    *("schema ", "missing ", "is required", "unknown ", "wrong "),
)
"""Words without one of which PERMANENT, which is slow, finds nothing."""
ANSWERED = re.compile(r"\bresponse\b|\breply\b|\banswer(?:ed)?\b|\bstatus\b|\breturned\b", re.IGNORECASE)
"""Words of what another system said, which may say something else next time."""

FAIL_NOW = "airflow.exceptions.AirflowFailException"


def check(subject: Subject) -> Iterator[Hit]:
    """Yield raises of generic exceptions for what no retry mends, in tasks that are tried again."""
    flow = subject.flow
    if GENERIC.isdisjoint(flow.calling) or not flow.mentions(*WORDS) or not PERMANENT.search(subject.text):
        return
    for body in subject.flow.bodies(GENERIC):
        found = [(one, name) for one in body.raises if (name := permanent(body, one))]
        if not found:
            continue
        tasks = subject.flow.tasks_of(body)
        counts = [
            count for _, task in tasks if isinstance(count := task.argument("retries"), int) and count > 0
        ]
        for node, name in found if counts and len(counts) == len(tasks) else ():
            more = "once" if max(counts) == 1 else f"{max(counts)} times"
            message = f"{name} for what no retry mends: the task is tried {more} more"
            yield Hit.on(node, message, final(subject, body, node))


def permanent(body: Body, node: ast.Raise) -> str:
    """Return the generic exception that a raise uses for a permanent error, "" for others."""
    made = node.exc
    if not isinstance(made, ast.Call) or not made.args:
        return ""
    name = body.dotted(made.func).rpartition(".")[2]
    text = text_of(body, made.args[0])
    if name not in GENERIC or text is None or not PERMANENT.search(text.text):
        return ""
    return "" if ANSWERED.search(text.text) or answered(body, node) or swallowed(body, node, name) else name


def swallowed(body: Body, node: ast.Raise, name: str) -> bool:
    """Return whether a handler around a raise takes it and goes on: the task does not fail by it."""
    inner: ast.AST = node
    for one in body.up(node):
        if isinstance(one, ast.Try) and any(inner is part for part in one.body):
            takes = [each for each in one.handlers if catches(each, name)]
            if takes and not any(isinstance(part, ast.Raise) for part in nodes(takes[0])):
                return True
        inner = one
    return False


def catches(handler: ast.ExceptHandler, name: str) -> bool:
    """Return whether a handler takes an exception of a name."""
    names = {one.id for one in nodes(handler.type) if isinstance(one, ast.Name)} if handler.type else {name}
    return bool(names & {name, "Exception", "BaseException"})


def answered(body: Body, node: ast.Raise) -> bool:
    """Return whether a raise rests on the status of an answer, which may be another one next time."""
    tests = (one.test for one in body.up(node) if isinstance(one, ast.If))
    return any("status" in name for test in tests for name in words(test))


def final(subject: Subject, body: Body, node: ast.Raise) -> Fix | None:
    """Return the fix that raises what ends a task at once; None where a handler around takes it."""
    caught = any(isinstance(one, ast.Try) and one.handlers for one in body.up(node))
    known = named(subject, FAIL_NOW) if not caught else None
    if known is None or not isinstance(node.exc, ast.Call):
        return None
    return Fix((replace(node.exc.func, known[0]), *known[1]))


RULE = Rule(
    "AFT703",
    "retry-on-permanent-error",
    Severity.WARN,
    Explanation(
        what=(
            "A task with retries raises AirflowException, ValueError or their like, with a message "
            "that names a "
            "permanent error: invalid, unsupported, unauthorized, missing column."
        ),
        why=(
            "Each retry takes a slot and its delay to fail in the same way, and the alert comes that much "
            "later."
        ),
        example='raise AirflowException("invalid table name")',
        instead="raise AirflowFailException: it fails the task at once.",
        fix="Unsafe: raises AirflowFailException; only its author knows that the error is permanent.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html",
            "https://cwiki.apache.org/confluence/display/AIRFLOW/Airflow+Improvement+Proposals",
        ),
    ),
    check,
)
