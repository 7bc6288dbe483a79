"""AFT504: one query for each item, where one for all would do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call, Loop
from airflow_tune.lint.flow.fetches import of_catalog
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.loops import depends, derived, per_item
from airflow_tune.lint.flow.queries import FETCHES, by_value, same_place, sent
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.rules.data.row_by_row_write import WRITES
from airflow_tune.lint.sql import verb
from airflow_tune.lint.subject import Subject

FRAMES = frozenset({"read_sql", "read_sql_query", "get_pandas_df", "get_df"})
WRITERS = frozenset(
    {"to_sql", "insert_rows", "to_csv", "to_parquet", "insert_dataframe", "write_pandas", "load_string"}
)
ENDS = frozenset({"first", "all", "one", "one_or_none", "scalar", "count"})
OTHER = re.compile(
    r"\b(offset|fetch\s+next|between|insert|update|delete|into)\b|>=?[^;]*?\band\b[^;]*?<", re.IGNORECASE
)
"""Pages, time windows, and writes that begin with WITH."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield selects that a loop sends with the values of each item."""
    if not subject.flow.mentions("select", ".query("):
        return
    for body in subject.flow.bodies({"execute", "query", *FETCHES}):
        for call in body.calls:
            if call.loops and asks_each(body, call):
                yield Hit.on(call.node, "the loop sends one query for each of its items")


def asks_each(body: Body, call: Call) -> bool:
    """Return whether a call selects by the value of a loop's item."""
    loop = per_item(body, call)
    if loop is None:
        return False
    names = derived(body, loop)
    if call.last in ENDS:
        asked = kind(body, call.receiver) == "query" and depends(call.receiver, names)
        return asked and not any(
            one.last == "query" and loop in one.loops and depends(one.argument(0), names)
            for one in body.calls
        )
    if call.last in FRAMES and written(body, loop):
        return False
    text = sent(body, call)
    if text is None or verb(text.text) not in ("SELECT", "WITH") or not same_place(call, names):
        return False
    return not OTHER.search(text.text) and not of_catalog(text) and by_value(call, text, names)


def written(body: Body, loop: Loop) -> bool:
    """Return whether a loop writes what it read: then each item is a part of its own, held one at a time."""
    for one in body.calls:
        if loop in one.loops:
            text = sent(body, one)
            if one.last in WRITERS or (text is not None and verb(text.text) in WRITES):
                return True
    return False


RULE = Rule(
    "AFT504",
    "query-in-loop",
    Severity.WARN,
    Explanation(
        what=(
            "A SELECT is sent for each item of a loop, with the item as a value in it. Loops over tables, "
            "pages or time windows are left alone."
        ),
        why="Each item waits for a round trip and a query plan: N + 1 queries where one or two would do.",
        example='for user in users:\n    cursor.execute("SELECT * FROM orders WHERE user_id = %s", (user,))',
        instead="Ask once for all: a join, `= ANY(%s)` or IN with the list, or a temporary table.",
        fix="No edit: the answers have to be told apart afterwards, which changes the code around.",
        sources=("https://docs.sqlalchemy.org/en/20/glossary.html#term-N-plus-one-problem",),
    ),
    check,
)
