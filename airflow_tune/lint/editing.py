"""What fixes are made of: replace an expression, drop a statement, add a keyword or an import.

Each returns edits, or None where the source is written in a way that no edit here suits; formatting and
comments around the edit stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from airflow_tune.lint.edit import Edit
from airflow_tune.lint.subject import Subject


def replace(node: ast.expr | ast.stmt, text: str) -> Edit:
    """Return the edit that puts `text` in place of a node; decorators of a definition stay."""
    return Edit(node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, text)


def insert(line: int, column: int, text: str) -> Edit:
    """Return the edit that inserts `text`; the line is counted from 1, the column in bytes."""
    return Edit(line, column, line, column, text)


def source_of(subject: Subject, node: ast.expr | ast.stmt) -> str:
    """Return the source of a node as it is written."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    lines = [line.encode() for line in subject.lines[first : last + 1]]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"\n".join(lines).decode()


def set_keyword(subject: Subject, call: ast.Call, name: str, value: str) -> Edit | None:
    """Return the edit that makes a call pass `name=value`, in place of what it passes so far.

    None where a `**mapping` may pass it already.
    """
    edits = set_keywords(subject, call, {name: value})
    return edits[0] if edits else None


def set_keywords(subject: Subject, maker: ast.expr, keywords: Mapping[str, str]) -> tuple[Edit, ...] | None:
    """Return the edits that make a call, or a decorator without brackets, pass keywords."""
    if not isinstance(maker, ast.Call):
        given = ", ".join(f"{name}={value}" for name, value in keywords.items())
        return (insert(maker.end_lineno or 0, maker.end_col_offset or 0, f"({given})"),)
    there = {keyword.arg: keyword.value for keyword in maker.keywords}
    new = [f"{name}={value}" for name, value in keywords.items() if name not in there]
    changed = [replace(there[name], value) for name, value in keywords.items() if name in there]
    if not new:
        return tuple(changed)
    added = None if None in there else add_arguments(subject, maker, new)
    return None if added is None else (*changed, added)


def add_arguments(subject: Subject, call: ast.Call, texts: Sequence[str]) -> Edit | None:
    """Return the edit that adds last arguments: on lines of their own where the last one has one."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if not given:
        return insert(call.end_lineno or 0, (call.end_col_offset or 1) - 1, ", ".join(texts))
    last = max(given, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0))
    if len(given) == 1 and isinstance(last, ast.GeneratorExp):
        return None  # it stands without brackets of its own
    tail = between(subject, last, call)
    # Brackets around the last argument, or a comment behind it, leave no sure place for another.
    if tail.strip() not in ("", ","):
        return None
    first = subject.lines[last_start(call, last).lineno - 1]
    own_line = last_start(call, last).lineno > call.lineno and "\n" in tail
    margin = first[: len(first) - len(first.lstrip())]
    glue = f",\n{margin}" if own_line else ", "
    return insert(last.end_lineno or 0, last.end_col_offset or 0, "".join(f"{glue}{text}" for text in texts))


def last_start(call: ast.Call, value: ast.expr) -> ast.expr | ast.keyword:
    """Return the keyword that a value belongs to, or the value itself."""
    return next((keyword for keyword in call.keywords if keyword.value is value), value)


def between(subject: Subject, last: ast.expr, call: ast.Call) -> str:
    """Return the source from behind the last argument to before the closing bracket."""
    begin, end = (last.end_lineno or 0) - 1, (call.end_lineno or 0) - 1
    lines = [line.encode() for line in subject.lines[begin : end + 1]]
    lines[-1] = lines[-1][: (call.end_col_offset or 1) - 1]
    lines[0] = lines[0][last.end_col_offset or 0 :]
    return b"\n".join(lines).decode()


def drop_statement(subject: Subject, statement: ast.stmt, body: list[ast.stmt]) -> Edit | None:
    """Return the edit that removes a statement of `body` with its lines; `pass` where nothing else is left.

    None where other code or a comment shares its lines.
    """
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    before = subject.lines[first - 1].encode()[: statement.col_offset]
    behind = subject.lines[last - 1].encode()[statement.end_col_offset or 0 :]
    if before.strip() or behind.strip():
        return None
    if len(body) == 1:
        return replace(statement, "pass")
    return Edit(first, 0, last + 1, 0, "")


def drop_item(subject: Subject, display: ast.Dict, name: str) -> Edit | None:
    """Return the edit that removes a key's item from a dict display, with its comma and its own line."""
    keys = [one.value if isinstance(one, ast.Constant) else None for one in display.keys]
    index = keys.index(name)
    key, value = display.keys[index], display.values[index]
    if key is None or value.end_lineno is None:
        return None
    line = subject.lines[value.end_lineno - 1].encode()
    tail = line[value.end_col_offset or 0 :].decode()
    comma = tail.lstrip()[:1] == ","
    end = (value.end_col_offset or 0) + (tail.index(",") + 1 if comma else 0)
    before = subject.lines[key.lineno - 1].encode()[: key.col_offset]
    if not before.strip() and not line[end:].strip():
        return Edit(key.lineno, 0, value.end_lineno + 1, 0, "")
    if comma:
        blanks = len(line[end:]) - len(line[end:].lstrip())
        return Edit(key.lineno, key.col_offset, value.end_lineno, end + blanks, "")
    if index == 0:
        return Edit(key.lineno, key.col_offset, value.end_lineno, end, "")
    last = display.values[index - 1]
    return Edit(last.end_lineno or 0, last.end_col_offset or 0, value.end_lineno, end, "")


def named(subject: Subject, dotted: str) -> tuple[str, tuple[Edit, ...]] | None:
    """Return how a file can write a dotted name, such as `datetime.timedelta`, and the import it needs.

    None where the name means something else in the file, or where there is no import to add one to.
    """
    module, _, name = dotted.rpartition(".")
    aliases = subject.index.aliases
    for bound, whole in aliases.items():
        if whole == dotted:
            return bound, ()
        if whole == module:
            return f"{bound}.{name}", ()
    if name in aliases or name in subject.index.uses:
        return None
    last = last_import(subject.tree)
    if last is None:
        return None
    return name, (insert((last.end_lineno or 0) + 1, 0, f"from {module} import {name}\n"),)


def last_import(tree: ast.Module) -> ast.stmt | None:
    """Return the last of the imports that a file begins with, behind its docstring."""
    last = None
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            last = node
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            break
    return last
