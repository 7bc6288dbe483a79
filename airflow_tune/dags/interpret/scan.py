"""What a piece of code holds, found once: it is asked again wherever it is in doubt whether it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from airflow_tune.dags.interpret.signal import Jump
from airflow_tune.dags.tree import children, nodes

CHANGES = (ast.Call, ast.AugAssign, ast.Delete)
JUMPS: dict[type, Jump] = {
    ast.Return: Jump.RETURN,
    ast.Break: Jump.BREAK,
    ast.Continue: Jump.CONTINUE,
    ast.Raise: Jump.RAISE,
}
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
BINDS = (ast.MatchAs, ast.MatchStar, ast.ExceptHandler)


@dataclass(frozen=True, slots=True)
class Scan:
    """The names in a piece of code, whether it may change more than names, and the jumps in it.

    `bound` are the names that it binds in its scope, `declared` those that are global or nonlocal in it.
    """

    names: tuple[str, ...]
    changing: bool
    jumps: tuple[Jump, ...]
    bound: tuple[str, ...]
    declared: tuple[str, ...]


def scanned(node: ast.AST) -> Scan:
    """Return what a node holds; it is kept with the node, for loops ask again and again."""
    found = getattr(node, "_scan", None)
    if found is None:
        found = node._scan = scan(node)  # type: ignore[attr-defined]  # noqa: SLF001 - a memory of our own
    return cast("Scan", found)


def scan(node: ast.AST) -> Scan:
    """Look through a piece of code."""
    parts = nodes(node)
    names = dict.fromkeys(part.id for part in parts if type(part) is ast.Name)
    jumps = dict.fromkeys(JUMPS[type(part)] for part in parts if type(part) in JUMPS)
    declared = [name for part in parts if isinstance(part, (ast.Global, ast.Nonlocal)) for name in part.names]
    changing = any(map(changes, parts))
    return Scan(tuple(names), changing, tuple(jumps), tuple(dict.fromkeys(bound(node))), tuple(declared))


def changes(node: ast.AST) -> bool:
    """Return whether a node may change something other than a name."""
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return isinstance(node.ctx, ast.Store)
    return isinstance(node, CHANGES)


def bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds in its scope, those inside definitions excepted."""
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, DEFINITIONS):
            yield one.name
            continue
        if isinstance(one, ast.Name):
            if isinstance(one.ctx, ast.Store):
                yield one.id
            continue
        if isinstance(one, ast.alias):
            yield (one.asname or one.name).partition(".")[0]
        elif isinstance(one, BINDS) and one.name:
            yield one.name
        pending.extend(reversed(children(one)))


def jumps(body: Sequence[ast.AST]) -> list[Jump]:
    """Return the jumps out of it that a body holds."""
    return list(dict.fromkeys(jump for node in body for jump in scanned(node).jumps))


def assigned(body: Sequence[ast.AST]) -> dict[str, None]:
    """Return the names that statements bind, inner functions' own excepted, in order."""
    return dict.fromkeys(name for node in body for name in scanned(node).bound)
