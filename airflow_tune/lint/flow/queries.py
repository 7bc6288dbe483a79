"""Calls that send SQL: what they send, and which computed parts of it are values and which are tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.loops import depends
from airflow_tune.lint.flow.texts import HOLE, Text, text_of
from airflow_tune.lint.sql import verb

SENDS = frozenset({"execute", "run", "query", "sql"})
FETCHES = frozenset({"get_records", "get_first", "get_pandas_df", "get_df", "read_sql", "read_sql_query"})
KEYWORDS = ("sql", "query", "statement", "operation", "stmt")
# A computed part behind one of these words, or glued to a name by a dot, names a table or a column; so does
# one between a name's quotes where no value can stand.
NAMES = re.compile(
    r"(?:\b(?:from|into|update|table|join|view|schema|database|index|truncate|exists|column|copy|by)\s+|[.\w])"
    r"[\"'`\[]?$"
    r"|\b(?:select|distinct|where|having|on)\s+[\"`\[]?$"
    r"|\b(?:count|min|max|sum|avg)\s*\(\s*(?:distinct\s+)?[\"`\[]?$",
    re.IGNORECASE,
)


def sent(body: Body, call: Call) -> Text | None:
    """Return the SQL that a call sends, as far as it is written in the source."""
    if call.last not in SENDS and call.last not in FETCHES:
        return None
    text = text_of(body, call.argument(0, *KEYWORDS))
    return text if text is not None and verb(text.text) else None


def statements_sent(body: Body) -> Iterator[tuple[Call, Text]]:
    """Yield the calls of a body that send SQL known from the source."""
    for call in body.calls:
        text = sent(body, call)
        if text is not None:
            yield call, text


def holes(text: Text) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the SQL before each computed part, and the part itself where it is known which it is."""
    pieces = text.text.split(HOLE)
    parts = text.holes if len(text.holes) == len(pieces) - 1 else (None,) * (len(pieces) - 1)
    before = ""
    for piece, part in zip(pieces, parts, strict=False):
        before += piece
        yield before, part
        before += "x"


def by_value(call: Call, text: Text, names: set[str]) -> bool:
    """Return whether a call differs between items by values only: same tables, other parameters.

    A loop over tables or columns sends different statements, which no batch can replace.
    """
    values = False
    for before, part in holes(text):
        if depends(part, names):
            if NAMES.search(before):
                return False
            values = True
    rest = [*call.node.args[1:], *(one.value for one in call.node.keywords if one.arg not in KEYWORDS)]
    return values or any(depends(one, names) for one in rest)


def over_tables(text: Text, names: set[str]) -> bool:
    """Return whether the items of a loop are tables or columns of a statement."""
    return any(depends(part, names) and NAMES.search(before) for before, part in holes(text))


def same_place(call: Call, names: set[str]) -> bool:
    """Return whether all items talk to the same object: its connection does not change with the item."""
    return not depends(call.receiver, names)
