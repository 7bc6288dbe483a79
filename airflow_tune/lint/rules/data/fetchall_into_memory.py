"""AFT507: all rows are brought into memory, to be looked at one by one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Edit, Fix
from airflow_tune.lint.flow.body import Body, Call, Comprehension, Loop
from airflow_tune.lint.flow.fetches import all_rows, place, small
from airflow_tune.lint.flow.loops import depends, labours, throttled
from airflow_tune.lint.flow.texts import Text
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

ROWS = frozenset({"iterrows", "itertuples", "iter_rows", "to_dict"})
INSTEAD = {
    "fetchall": "Iterate over the cursor itself; a server-side cursor keeps the rows at the server.",
    "get_records": "Iterate over a cursor of hook.get_conn(), with a name for one at the server.",
}
GATHERS = frozenset({"append", "add", "extend"})
CHUNKS = "Take the rows in parts, with chunksize (get_df_by_chunks of a hook)."


def check(subject: Subject) -> Iterator[Hit]:
    """Yield fetches of all rows that only one loop looks at."""
    for body, call, text in all_rows(subject.flow):
        loop = looped(body, call)
        if loop is not None and rows_may_be_many(body, call, text, loop):
            yield Hit.on(
                call.node,
                f"{call.last}() holds all rows in memory, though the loop looks at one at a time",
                row_by_row(call, loop),
                INSTEAD.get(call.last, CHUNKS),
            )


def row_by_row(call: Call, loop: Loop) -> Fix | None:
    """Return the fix that loops over the cursor itself, where the loop stands over its fetchall()."""
    cursor = call.receiver
    if call.last != "fetchall" or loop.over is not call.node or cursor is None:
        return None
    begin, end = cursor.end_col_offset or 0, call.node.end_col_offset or 0
    return Fix((Edit(cursor.end_lineno or 0, begin, call.node.end_lineno or 0, end, ""),))


def looped(body: Body, call: Call) -> Loop | None:
    """Return the loop that is all that looks at the rows of a call; one that collects them gains nothing."""
    for loop in body.loops:
        if loop.over is None or isinstance(loop.node, Comprehension) or loop in call.loops:
            continue
        over = loop.over
        if isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) and over.func.attr in ROWS:
            over = over.func.value
        elif call.last not in INSTEAD:
            continue  # a loop over a data frame itself runs over its columns
        if over is call.node or (isinstance(over, ast.Name) and only_user(body, over, call)):
            return None if collects(loop) or busy(body, loop) else loop
    return None


def collects(loop: Loop) -> bool:
    """Return whether a loop puts something of each row together: then as much is in memory without it."""
    return any(map(gathers, getattr(loop.node, "body", [])))


def gathers(one: ast.stmt) -> bool:
    """Return whether a statement adds to a collection, whichever way its test goes."""
    if isinstance(one, ast.If):
        return any(map(gathers, one.body)) and any(map(gathers, one.orelse))
    call = one.value if isinstance(one, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in GATHERS


def busy(body: Body, loop: Loop) -> bool:
    """Return whether each row takes long, or works through the connection that a cursor would keep busy."""
    held = {place(one.receiver) for one in body.calls if one.last == "cursor"} - {""}
    inside = [one for one in body.calls if loop in one.loops]
    return labours(body, loop) or throttled(body, loop) or any(depends(one.node, held) for one in inside)


def only_user(body: Body, name: ast.Name, call: Call) -> bool:
    """Return whether a name holds the rows of a call, and is read in one place only."""
    binds = body.binds.get(name.id, [])
    return len(binds) == 1 and binds[0].value is call.node and len(body.loads.get(name.id, [])) == 1


def rows_may_be_many(body: Body, call: Call, text: Text | None, loop: Loop) -> bool:
    """Return whether a query may answer with many rows, and its cursor is not used again inside the loop."""
    cursor = place(call.receiver) if call.last == "fetchall" else ""
    again = any(cursor and place(one.receiver) == cursor and loop in one.loops for one in body.calls)
    return not again and text is not None and not small(text)


RULE = Rule(
    "AFT507",
    "fetchall-into-memory",
    Severity.WARN,
    Explanation(
        what=(
            "fetchall, get_records, get_df or read_sql without chunks, of a query without a small "
            "limit, when "
            "all that follows is one loop over the rows. Loops that collect all rows, that work through the "
            "same connection, or that wait for a service at each row are left alone."
        ),
        why=(
            "The worker holds the whole result, several times its size in the database, to use one row at a "
            "time."
        ),
        example=(
            'cursor.execute("SELECT id FROM events WHERE day = %s", (day,))\n'
            "for row in cursor.fetchall():\n"
            "    send(row)"
        ),
        instead="Iterate over the cursor, by a server-side cursor or in chunks.",
        fix=(
            "Unsafe: a loop over the cursor itself, whose connection stays busy meanwhile; no edit "
            "for data frames."
        ),
        sources=(
            "https://www.psycopg.org/docs/usage.html#server-side-cursors",
            "https://pandas.pydata.org/docs/reference/api/pandas.read_sql.html",
        ),
    ),
    check,
)
