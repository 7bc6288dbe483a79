"""Data frames whose values stand in the source: however often the code runs, they do not grow."""

from __future__ import annotations

import ast

from airflow_tune.lint.flow.body import Body


def written_rows(body: Body, node: ast.expr | None) -> list[ast.expr | None] | None:
    """Return the rows or columns that a frame is made of where they are displayed, [] for an empty frame.

    None where a frame is made of something else, or a node makes none.
    """
    made = body.value(node)
    if not isinstance(made, ast.Call) or body.dotted(made.func) not in (
        "pandas.DataFrame",
        "polars.DataFrame",
    ):
        return None
    data = next((one.value for one in made.keywords if one.arg == "data"), None)
    given = body.value(made.args[0] if made.args else data)
    if given is None:
        return [] if all(one.arg is not None for one in made.keywords) else None
    if isinstance(given, ast.Dict):
        return list(given.values)
    return list(given.elts) if isinstance(given, ast.List) else None
