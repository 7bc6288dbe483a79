"""Looks at files in task code: which path a test asks for, and what is known once it was passed."""

from __future__ import annotations

import ast

from airflow_tune.dags.tree import nodes
from airflow_tune.lint.flow.body import Body, names_in

LOOKS = frozenset({"exists", "isdir", "isfile", "is_dir", "is_file"})
JOINS = frozenset({"os.path.join", "pathlib.Path", "Path", "str"})
DEEP = 8
"""Joined paths inside each other that are followed."""


def looked(body: Body, test: ast.expr, path: ast.expr) -> bool:
    """Return whether a test asks just whether a path is there."""
    return alike(asked(body, test), path)


def asked(body: Body, test: ast.expr) -> ast.expr | None:
    """Return the path of which a test asks just whether it is there, None for other tests."""
    inner = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test
    if not isinstance(inner, ast.Call) or body.dotted(inner.func).rpartition(".")[2] not in LOOKS:
        return None
    if inner.args:
        return inner.args[0]
    return inner.func.value if isinstance(inner.func, ast.Attribute) else None


def alike(one: ast.expr | None, other: ast.expr | None) -> bool:
    """Return whether two expressions are written alike."""
    return one is not None and other is not None and ast.dump(one) == ast.dump(other)


def settled(body: Body, folder: ast.expr, line: int) -> bool:
    """Return whether a function ends before a line unless something in a folder is there."""
    parts = steps(body, folder)
    if not parts or any(call.name == "shutil.rmtree" for call in body.calls):
        return False
    before = (one for one in body.node.body if isinstance(one, ast.If) and one.lineno < line)
    found = (needed(body, one) for one in before)
    return any(path is not None and steps(body, path)[: len(parts)] == parts for path in found)


def needed(body: Body, branch: ast.If) -> ast.expr | None:
    """Return the path without which a branch ends the function."""
    missed = isinstance(branch.test, ast.UnaryOp) and isinstance(branch.test.op, ast.Not)
    return (
        asked(body, branch.test) if missed and isinstance(branch.body[-1], (ast.Raise, ast.Return)) else None
    )


def steps(body: Body, node: ast.expr, depth: int = 0) -> list[str]:
    """Return the parts of a path one below the other; none where a part may have changed meanwhile."""
    value = body.value(node) or node
    parts: list[ast.expr] = []
    if isinstance(value, ast.Call) and body.dotted(value.func) in JOINS:
        parts = value.args
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
        parts = [value.left, value.right]
    if parts:
        # A name may stand for itself with more behind it.
        found = [steps(body, one, depth + 1) for one in parts] if depth < DEEP else [[]]
        return [step for one in found for step in one] if all(found) else []
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        root = ["/"] if value.value.startswith("/") else []
        return [*root, *(step for step in value.value.split("/") if step)]
    return [ast.dump(value)] if fixed(body, value) else []


def fixed(body: Body, node: ast.expr) -> bool:
    """Return whether nothing binds the names of an expression anew, and it calls nothing."""
    calls = any(isinstance(one, ast.Call) for one in nodes(node))
    homes = ((body.holder(name), name) for name in names_in(node))
    return not calls and all(home is None or len(home.binds[name]) == 1 for home, name in homes)
