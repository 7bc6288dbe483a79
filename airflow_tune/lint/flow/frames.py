"""Data frames whose values stand in the source: however often the code runs, they do not grow."""

from __future__ import annotations

import ast

from airflow_tune.lint.flow.body import Body

FRAMES = ("pandas.DataFrame", "polars.DataFrame")
GROWS = frozenset({"append", "extend", "insert", "update", "setdefault", "add"})


def written_rows(body: Body, node: ast.expr | None) -> list[ast.expr | None] | None:
    """Return the rows or columns that a frame is made of where they are displayed, [] for an empty frame.

    None where a frame is made of something else or may be filled later, or where a node makes none.
    """
    made = body.value(node)
    if not isinstance(made, ast.Call) or body.dotted(made.func) not in FRAMES:
        return None
    data = next((one.value for one in made.keywords if one.arg in ("data", None)), None)
    given = made.args[0] if made.args else data
    if given is None:
        return [] if made is node else None
    shown = body.value(given)
    if isinstance(given, ast.Name) and grows(body, given.id):
        return None
    if isinstance(shown, ast.Dict):
        return list(shown.values)
    return list(shown.elts) if isinstance(shown, ast.List) else None


def grows(body: Body, name: str) -> bool:
    """Return whether more is put into what a name holds."""
    uses = [body.parents.get(one) for one in body.loads.get(name, ())]
    return any(
        (isinstance(one, ast.Attribute) and one.attr in GROWS)
        or (isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store))
        for one in uses
    )
