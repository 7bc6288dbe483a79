"""Edits of whole statements: dropped, moved in front of or behind a loop, put into a `with`.

Each returns None where comments, one-line bodies or other code on the same line leave no sure edit.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from airflow_tune.dags.model import Place
from airflow_tune.dags.tree import blocks, nodes
from airflow_tune.lint.edit import Edit
from airflow_tune.lint.editing import drop_statement, source_of
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.subject import Subject


def siblings(tree: ast.AST, statement: ast.stmt) -> list[ast.stmt] | None:
    """Return the statements among which one stands, itself included; None where it is not in the tree."""
    return next((body for body in blocks(tree) if any(one is statement for one in body)), None)


def statement_at(subject: Subject, place: Place) -> ast.stmt | None:
    """Return the one simple statement that begins on a line; None for several, and in another file."""
    if place.file != subject.file:
        return None
    found = subject.statements.get(place.line, [])
    return found[0] if len(found) == 1 else None


def repeats(tree: ast.AST, statement: ast.stmt) -> bool:
    """Return whether a statement stands in a loop, or in a function without decorator."""
    kinds = (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef)
    around = [one for one in nodes(tree) if isinstance(one, kinds) and holds(one, statement)]
    return any(not getattr(one, "decorator_list", None) for one in around)


def holds(outer: ast.stmt, statement: ast.stmt) -> bool:
    """Return whether the lines of a statement are within those of another."""
    return outer.lineno <= statement.lineno <= (outer.end_lineno or 0)


def dropped(subject: Subject, statement: ast.stmt) -> Edit | None:
    """Return the edit that removes a statement with its lines."""
    body = siblings(subject.tree, statement)
    return drop_statement(subject, statement, body) if body is not None else None


def margin(subject: Subject, node: ast.stmt) -> str | None:
    """Return the blanks before a statement, None where other code is."""
    before = subject.lines[node.lineno - 1].encode()[: node.col_offset].decode()
    return before if not before.strip() else None


def moved_before(subject: Subject, statement: ast.stmt, loop: ast.stmt) -> tuple[Edit, ...] | None:
    """Return the edits that move a statement from a loop's own body to in front of the loop."""
    space, gone = margin(subject, loop), dropped(subject, statement)
    if space is None or gone is None or not plain(statement):
        return None
    return gone, Edit(loop.lineno, 0, loop.lineno, 0, f"{space}{source_of(subject, statement)}\n")


def moved_behind(subject: Subject, statement: ast.stmt, loop: ast.stmt) -> tuple[Edit, ...] | None:
    """Return the edits that move a statement from a loop's own body to behind the loop."""
    space, gone = margin(subject, loop), dropped(subject, statement)
    last = (loop.end_lineno or 0) + 1
    if space is None or gone is None or not plain(statement) or getattr(loop, "orelse", None):
        return None
    return gone, Edit(last, 0, last, 0, f"{space}{source_of(subject, statement)}\n")


def plain(statement: ast.stmt) -> bool:
    """Return whether a statement stands on one line, so that no other line of it has a margin to keep."""
    return statement.lineno == statement.end_lineno


def put_into_with(
    subject: Subject, statement: ast.stmt, header: str, rest: Sequence[ast.stmt]
) -> Edit | None:
    """Return the edit that writes `with header:` for a statement, and what follows it into its body."""
    space = margin(subject, statement)
    if space is None or not rest or rest[0].lineno <= (statement.end_lineno or 0):
        return None
    step = "\t" if space.startswith("\t") else "    "
    first, last = (statement.end_lineno or 0) + 1, rest[-1].end_lineno or 0
    kept = set(inside_texts(rest))
    lines = [
        line if number in kept or not line.strip() else f"{step}{line}"
        for number, line in enumerate(subject.lines[first - 1 : last], first)
    ]
    text = "\n".join([f"with {header}:", *lines])
    end = len(subject.lines[last - 1].encode())
    return Edit(statement.lineno, statement.col_offset, last, end, text)


def held(subject: Subject, body: Body, call: Call, opened: str) -> Edit | None:
    """Return the edit that makes `name = call` a `with opened as name:` over the rest of its block.

    None where the name is used behind that block, or a statement after it binds the name anew.
    """
    statement = body.parents.get(call.node)
    among = siblings(subject.tree, statement) if isinstance(statement, ast.Assign) else None
    if among is None or not isinstance(statement, ast.Assign):
        return None
    target, rest = statement.targets[0], among[among.index(statement) + 1 :]
    if not isinstance(target, ast.Name) or len(body.binds.get(target.id, ())) != 1 or not rest:
        return None
    last = rest[-1].end_lineno or 0
    if any(not statement.lineno <= load.lineno <= last for load in body.loads.get(target.id, ())):
        return None
    return put_into_with(subject, statement, f"{opened} as {target.id}", rest)


def inside_texts(statements: Sequence[ast.stmt]) -> Iterator[int]:
    """Yield the lines that begin inside a text of several lines, to which no margin may be added."""
    for statement in statements:
        for node in nodes(statement):
            if isinstance(node, (ast.Constant, ast.JoinedStr)):
                yield from range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
