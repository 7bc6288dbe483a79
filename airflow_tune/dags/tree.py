"""Walks over syntax trees: over the fields that can hold nodes, in a third of the time of those of `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

SCALARS = frozenset(
    {
        *("id", "attr", "arg", "ctx", "op", "ops", "type_comment", "kind", "simple", "level", "module"),
        *("conversion", "is_async", "asname", "rest", "tag", "name", "kwd_attrs", "str"),
    }
)
"""Fields that hold texts, numbers, operators, or only say load, store or delete."""
LEAVES = (
    *(ast.Name, ast.Constant, ast.MatchSingleton, ast.Global, ast.Nonlocal, ast.alias),
    *(ast.expr_context, ast.operator),
)
"""Kinds of nodes that hold no others; the `value` of a MatchSingleton is True, False or None itself."""
BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields that hold statements, or what holds them."""
HELD: dict[type, tuple[str, ...]] = {}
"""The fields that can hold nodes, for each kind of node that was met."""


def held(kind: type[ast.AST]) -> tuple[str, ...]:
    """Return the fields of a kind of node that can hold nodes."""
    found = HELD.get(kind)
    if found is None:
        # The name of a type alias is a node; those of all others are texts.
        texts = SCALARS - {"name"} if kind.__name__ == "TypeAlias" else SCALARS
        leaf = issubclass(kind, LEAVES)
        found = HELD[kind] = () if leaf else tuple(name for name in kind._fields if name not in texts)
    return found


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below a node in order, operators and contexts left out."""
    found: list[ast.AST] = []
    own = node.__dict__
    for name in held(type(node)):
        value = own.get(name)
        if type(value) is list:
            found.extend([part for part in value if part is not None])
        elif value is not None:
            found.append(value)
    return found


def nodes(node: ast.AST) -> list[ast.AST]:
    """Return a node and all below it, level by level, operators and contexts left out."""
    found = [node]
    append = found.append
    for one in found:
        kind = type(one)
        names = HELD[kind] if kind in HELD else held(kind)
        if names:
            own = one.__dict__
            for name in names:
                value = own.get(name)
                if type(value) is list:
                    # A loop for its own sake: with a call for each node this would take twice the time.
                    for part in value:
                        if part is not None:
                            append(part)
                elif value is not None:
                    append(value)
    return found


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield every list of statements that run one after the other."""
    pending = [tree]
    while pending:
        one = pending.pop()
        for name in BODIES:
            body = getattr(one, name, None)
            if isinstance(body, list):
                pending.extend(body)
                if body and isinstance(body[0], ast.stmt):
                    yield body
