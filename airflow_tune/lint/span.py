"""The columns of a hit: of its node, else of what is made on its line, else of the line without margins."""

from __future__ import annotations

import ast

from airflow_tune.lint.rule import Hit
from airflow_tune.lint.subject import Subject
from airflow_tune.lint.violation import Span


def span_of(subject: Subject, hit: Hit) -> Span | None:
    """Return the span of a hit, None where it is in another file or on no line of this one."""
    if hit.file not in ("", subject.file) or not 0 < hit.line <= len(subject.lines):
        return None
    node = hit.node or made_on(subject, hit.line)
    if node is None or node.lineno != hit.line:
        return whole(subject, hit.line)
    if has_body(node):
        return whole(subject, hit.line)
    begin = column(subject, hit.line, node.col_offset) + 1
    end = node.end_lineno or hit.line
    return Span(begin, end, column(subject, end, node.end_col_offset or 0) + 1)


def has_body(node: ast.AST) -> bool:
    """Return whether a node is a compound statement, of which only the first line is shown."""
    return isinstance(getattr(node, "body", None), list)


def made_on(subject: Subject, line: int) -> ast.Call | None:
    """Return the first and outermost call that begins on a line: what makes a DAG or a task."""
    calls = [site.node for site in subject.calls.get(line, ())]
    return min(calls, key=lambda node: (node.col_offset, -(node.end_lineno or 0)), default=None)


def whole(subject: Subject, line: int) -> Span:
    """Return the span of a line without the blanks around it."""
    text = subject.lines[line - 1]
    return Span(len(text) - len(text.lstrip()) + 1, line, len(text.rstrip()) + 1)


def column(subject: Subject, line: int, byte: int) -> int:
    """Return the column in code points, from 0, of a column in bytes of UTF-8."""
    text = subject.lines[line - 1] if line <= len(subject.lines) else ""
    return byte if text.isascii() else len(text.encode()[:byte].decode())
