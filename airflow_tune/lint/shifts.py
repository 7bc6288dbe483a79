"""Dependencies as statements write them: `a >> b >> c`."""

from __future__ import annotations

import ast


def shifts(node: ast.expr) -> list[tuple[str, str]] | None:
    """Return the (upstream, downstream) names of `a >> b >> c`, None for anything but plain names."""
    names: list[str] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift):
        if not isinstance(node.right, ast.Name):
            return None
        names.append(node.right.id)
        node = node.left
    if not names or not isinstance(node, ast.Name):
        return None
    names.append(node.id)
    return list(zip(names[:0:-1], names[-2::-1], strict=True))
