"""SQL as it stands in sources and templates: what each statement reads, writes and leaves open.

Parsed once per text; what cannot be parsed is None, never a guess. The parser is imported on first use
only, as most files hold no SQL.
"""

from __future__ import annotations

import re
from functools import lru_cache

from airflow_tune.lint.statement import HOLE, Statement

LONGEST = 20_000
"""Characters above which a text is not parsed: dumps and generated lists say nothing to a rule."""
COMMENTS = r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*|\{[%#].*?[%#]\}\s*)*\(?\s*"
STATEMENT = re.compile(
    COMMENTS
    + r"(select|with|insert|update|delete|merge|replace|upsert|create|drop|truncate|copy|unload|alter|"
    r"begin|set|show|describe|pragma|call|export|load|explain)\s",
    re.IGNORECASE | re.DOTALL,
)
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
BLOCK = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
MARK = re.compile(r"(?<!:):[A-Za-z_]\w*|%\(\w+\)s|%s|\?(?=[\s,)]|$)|\$\d+")
# A template for a name, a value in quotes, or a part of a longer name, all end up as one word.
GLUED = re.compile(r"\$\{\w+\}|\$\w+")


def verb(text: str) -> str:
    """Return the first word of a statement in capitals, "" for what does not begin like SQL."""
    found = STATEMENT.match(text)
    return found[1].upper() if found else ""


@lru_cache(maxsize=2048)
def statements(text: str) -> tuple[Statement, ...] | None:
    """Return the statements of a text, templates and parameters put in as plain names; None if unreadable."""
    if len(text) > LONGEST or not verb(text):
        return None
    from airflow_tune.lint.sqltree import read  # noqa: PLC0415 - its parser takes a fifth of a second to import

    return read(plain(text))


def plain(text: str) -> str:
    """Return a template's SQL with HOLE in place of each expression, and a NULL for each parameter."""
    text = EXPRESSION.sub(HOLE, BLOCK.sub(" ", text))
    return GLUED.sub(HOLE, MARK.sub("NULL", text))
