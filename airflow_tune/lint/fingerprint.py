"""What a finding is recognised by after its file was edited elsewhere: content, not line numbers."""

from __future__ import annotations

import ast
import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from airflow_tune.lint.edit import Fix
from airflow_tune.lint.span import column
from airflow_tune.lint.subject import Subject
from airflow_tune.lint.violation import Violation

NUMBER = re.compile(r"\d+")
DIGITS = 16


def identified(subject: Subject, found: Iterable[Violation]) -> Iterator[Violation]:
    """Yield findings of a file, in order of lines, with their fingerprints.

    A fingerprint is made of the code, the function or class around, the line without its indent, and how
    many equal ones come before: lines that move, and edits elsewhere, do not change it. For what a file's
    DAGs are found to do in another file, the message stands for the line, its numbers left out.
    """
    seen: Counter[str] = Counter()
    for one in sorted(found, key=lambda each: (line_of(each), each.code)):
        identity = identity_of(subject, one)
        columns = code_points(subject, one.fix) if one.fix else ()
        yield replace(one, fingerprint=digest(f"{identity}\0{seen[identity]}"), columns=columns)
        seen[identity] += 1


def identity_of(subject: Subject, one: Violation) -> str:
    """Return what a fingerprint is made of, as text."""
    line = line_of(one)
    if one.origin is None or one.origin.where != subject.file or line > len(subject.lines):
        return f"{one.code}\0{anonymous(one.message)}"
    return f"{one.code}\0{scope_at(subject.tree, line)}\0{subject.lines[line - 1].strip()}"


def code_points(subject: Subject, fix: Fix) -> tuple[tuple[int, int], ...]:
    """Return begin and end of each edit in code points; edits count bytes."""
    return tuple(
        (column(subject, e.line, e.column), column(subject, e.end_line, e.end_column)) for e in fix.edits
    )


def line_of(one: Violation) -> int:
    """Return a finding's line, 1 where it has none."""
    return (one.origin.line if one.origin else None) or 1


def anonymous(message: str) -> str:
    """Return a message without its numbers, which change when other things do."""
    return NUMBER.sub("#", message)


def digest(text: str) -> str:
    """Return a short digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def scope_at(tree: ast.Module, line: int) -> str:
    """Return the dotted name of the functions and classes around a line, "" at top level."""
    names: list[str] = []
    body: list[ast.stmt] = tree.body
    while True:
        at = bisect_right(body, line, key=lambda node: node.lineno) - 1
        if at < 0 or (body[at].end_lineno or 0) < line:
            return ".".join(names)
        inner = body[at]
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(inner.name)
        body = [node for node in ast.iter_child_nodes(inner) if isinstance(node, ast.stmt)]
