"""AFT503: each row is a transaction of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.dags.tree import nodes
from airflow_tune.findings import Severity
from airflow_tune.lint.blocks import moved_behind
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.flow.body import Body, Call, Loop
from airflow_tune.lint.flow.fetches import place
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.loops import conditional, labours, per_item
from airflow_tune.lint.flow.queries import sent
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.rules.data.row_by_row_write import WRITES
from airflow_tune.lint.sql import verb
from airflow_tune.lint.subject import Subject

DEFINES = frozenset({"CREATE", "ALTER", "DROP", "TRUNCATE"})
SELECTING = re.compile(r"^\s*insert\b.*\bselect\b", re.IGNORECASE | re.DOTALL)
HOLDERS = ("connection", "session", "db", "database")
MANY = frozenset({"executemany", "execute_values", "execute_batch", "to_sql", "insert_rows", "copy_expert"})
MANY_MORE = frozenset({"copy_from", "bulk_insert_mappings", "bulk_save_objects", "add_all", "bulk_load"})
WRITERS = frozenset({"execute", "add", "merge", "delete", "insert"})


def check(subject: Subject) -> Iterator[Hit]:
    """Yield commits, and writes of connections that commit by themselves, in loops over items."""
    for body in subject.flow.bodies({"commit"}):
        for call in body.calls:
            if call.last == "commit" and commits_each(body, call):
                yield Hit.on(call.node, "commit() runs for each item of the loop", once(subject, body, call))
    for body in subject.flow.bodies({"execute"}):
        yield from by_itself(body)


def commits_each(body: Body, call: Call) -> bool:
    """Return whether a commit ends each item's single write."""
    loop = per_item(body, call)
    if loop is None or labours(body, loop) or conditional(body, call, loop) or not holds(body, call.receiver):
        return False
    inside = [one for one in body.calls if loop in one.loops]
    if (MANY | MANY_MORE) & {one.last for one in inside} or made_inside(body, call, loop):
        return False
    return any(
        one.last in WRITERS and writes(body, one) and not defines(body, one) and not selects(body, one)
        for one in inside
    )


def selects(body: Body, call: Call) -> bool:
    """Return whether a call sends an INSERT that takes its rows from a SELECT: many at once."""
    text = sent(body, call)
    return text is not None and SELECTING.search(text.text) is not None


def defines(body: Body, call: Call) -> bool:
    """Return whether a call sends a statement that makes or changes a table, not a row."""
    text = sent(body, call)
    return text is not None and verb(text.text) in DEFINES


def once(subject: Subject, body: Body, call: Call) -> Fix | None:
    """Return the fix that commits behind the loop, where the commit is a statement of the loop's own."""
    statement, loop = body.parents.get(call.node), call.loops[-1].node
    if not isinstance(statement, ast.Expr) or not isinstance(loop, ast.For) or len(call.loops) > 1:
        return None
    if statement not in loop.body or len(loop.body) == 1:
        return None
    edits = moved_behind(subject, statement, loop)
    return Fix(edits) if edits is not None else None


def writes(body: Body, call: Call) -> bool:
    """Return whether a call may write one row; a query's delete takes all that it selects."""
    many = call.last == "delete" and call.keyword("synchronize_session") is not None
    held = kind(body, call.receiver)
    return held in (*HOLDERS, "cursor", "") and bool(place(call.receiver)) and not many


def made_inside(body: Body, call: Call, loop: Loop) -> bool:
    """Return whether the loop opens for each item what is committed, which is another matter."""
    name = call.receiver.id if isinstance(call.receiver, ast.Name) else ""
    return any(loop in one.loops for one in body.binds.get(name, ()))


def holds(body: Body, node: ast.expr | None) -> bool:
    """Return whether an object is a database connection or session, by what it holds or by its name."""
    held = kind(body, node)
    if held:
        return held in HOLDERS
    if isinstance(node, ast.Attribute):
        return node.attr in ("session", "connection", "conn")
    return isinstance(node, ast.Name) and node.id in ("session", "db", "con", "database", "dbsession")


def by_itself(body: Body) -> Iterator[Hit]:
    """Yield writes of single rows on a connection that was set to commit each of them."""
    if not any(autocommits(one) for one in nodes(body.node)):
        return
    for call in body.calls:
        loop = per_item(body, call) if call.last == "execute" and call.loops else None
        if loop is not None and not labours(body, loop):
            text = sent(body, call)
            if text is not None and verb(text.text) in WRITES:
                yield Hit.on(call.node, "autocommit makes each row of the loop a transaction of its own")


def autocommits(node: ast.AST) -> bool:
    """Return whether a statement or keyword turns autocommit on."""
    if isinstance(node, ast.Assign):
        target, value = node.targets[0], node.value
        on = isinstance(value, ast.Constant) and value.value is True
        return on and isinstance(target, ast.Attribute) and target.attr == "autocommit"
    if isinstance(node, ast.keyword):
        return node.arg == "autocommit" and isinstance(node.value, ast.Constant) and node.value.value is True
    return False


RULE = Rule(
    "AFT503",
    "commit-in-loop",
    Severity.WARN,
    Explanation(
        what="commit() for each item of a loop, or writes in a loop on a connection with autocommit.",
        why="Each commit waits until the database has written its log to disk: one fsync per row.",
        example='for row in rows:\n    cursor.execute("UPDATE t SET a = %s", row)\n    conn.commit()',
        instead="Commit once behind the loop, or every few thousand rows.",
        fix=(
            "Unsafe: one commit behind the loop; after a failure in the middle, rows that were kept "
            "before are rolled back."
        ),
        sources=("https://www.postgresql.org/docs/current/populate.html#DISABLE-AUTOCOMMIT",),
    ),
    check,
)
