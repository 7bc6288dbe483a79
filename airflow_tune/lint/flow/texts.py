"""Texts as far as they are written in the source: constants, f-strings, concatenations, formatted ones."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from airflow_tune.lint.flow.body import Body

HOLE = "\0"
UNWRAP = frozenset({"dedent", "text", "SQL", "cleandoc"})
METHODS = frozenset({"strip", "format", "lstrip", "rstrip", "replace"})


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose computed parts are HOLE; `holes` are their expressions, in order, None where unknown."""

    text: str
    holes: tuple[ast.expr | None, ...] = ()

    def filled(self, word: str = "x_") -> str:
        """Return the text with a word in place of each computed part, for readers of SQL or paths."""
        return self.text.replace(HOLE, word)


def text_of(body: Body, node: ast.expr | None, depth: int = 0) -> Text | None:
    """Return the text that an expression is, None where not even its shape is known."""
    node = body.value(node)
    if node is None or depth > 12:  # noqa: PLR2004 - concatenations are short
        return None
    if isinstance(node, ast.Constant):
        return Text(node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return joined(node)
    if isinstance(node, ast.BinOp):
        return operation(body, node, depth)
    if isinstance(node, ast.Call):
        return called(body, node, depth)
    return None


def joined(node: ast.JoinedStr) -> Text:
    """Return an f-string."""
    parts, holes = [], []
    for one in node.values:
        if isinstance(one, ast.Constant):
            parts.append(str(one.value))
        elif isinstance(one, ast.FormattedValue):
            parts.append(HOLE)
            holes.append(one.value)
    return Text("".join(parts), tuple(holes))


def operation(body: Body, node: ast.BinOp, depth: int) -> Text | None:
    """Return `a + b` or `a % b`."""
    left = text_of(body, node.left, depth + 1)
    if left is None:
        return None
    if isinstance(node.op, ast.Mod):
        values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        text = left.text
        for mark in ("%s", "%d", "%r", "%i", "%f"):
            text = text.replace(mark, HOLE)
        return Text(text, (*left.holes, *values))
    if not isinstance(node.op, ast.Add):
        return None
    right = text_of(body, node.right, depth + 1) or Text(HOLE, (node.right,))
    return Text(left.text + right.text, left.holes + right.holes)


def called(body: Body, node: ast.Call, depth: int) -> Text | None:
    """Return `"...".format(...)`, `.strip()`, `text("...")` and their like."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        inner = text_of(body, node.func.value, depth + 1)
        if inner is None or node.func.attr != "format":
            return inner
        values = (*node.args, *(one.value for one in node.keywords))
        return Text(formatted(inner.text), (*inner.holes, *values))
    if body.dotted(node.func).rpartition(".")[2] in UNWRAP and node.args:
        return text_of(body, node.args[0], depth + 1)
    return None


def formatted(text: str) -> str:
    """Return a format string with a hole for each field."""
    out, depth = [], 0
    for char in text.replace("{{", "\1").replace("}}", "\2"):
        if char == "{":
            depth += 1
            if depth == 1:
                out.append(HOLE)
        elif char == "}":
            depth = max(0, depth - 1)
        elif not depth:
            out.append(char)
    return "".join(out).replace("\1", "{").replace("\2", "}")
