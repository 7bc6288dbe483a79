"""AFT502: rows are written one statement each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.flow.loops import derived, labours, per_item
from airflow_tune.lint.flow.queries import by_value, over_tables, same_place, sent, statements_sent
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.sql import verb
from airflow_tune.lint.subject import Subject

WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "UPSERT"})
SINGLE = {"insert_one": "insert_many", "put_item": "a batch_writer", "insert_row": "insert_rows"}
"""Methods that write one document or row, and what takes many."""
BUILT = re.compile(r"(^|\.)(insert|update|delete)(\(\)|$)")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield writes of single rows in loops over items."""
    if not subject.flow.mentions("insert", "update", "delete", "merge", "replace into", "put_item"):
        return
    for body in subject.flow.bodies({"execute", "run", *SINGLE}):
        for call in body.calls:
            if call.loops and writes_row(body, call):
                better = advice(body, call)
                yield Hit.on(
                    call.node,
                    f"{call.last}() writes one row per call, for each item of the loop",
                    advice=f"Collect the rows and write them at once, with {better}.",
                )


def writes_row(body: Body, call: Call) -> bool:
    """Return whether a call writes one row for each item of a loop."""
    loop = per_item(body, call)
    if loop is None or labours(body, loop) or not same_place(call, names := derived(body, loop)):
        return False
    if call.last in SINGLE:
        batch = isinstance(call.receiver, ast.Name) and "batch" in call.receiver.id
        return not batch and any(isinstance(one, ast.Name | ast.Dict | ast.Call) for one in values(call))
    if any(loop in one.loops and over_tables(text, names) for one, text in statements_sent(body)):
        return False
    text = sent(body, call)
    if text is None:
        return call.last == "execute" and built(body, call)
    rows = " select " not in f" {' '.join(text.text.lower().split())} "
    return verb(text.text) in WRITES and rows and by_value(call, text, names)


def values(call: Call) -> list[ast.expr]:
    """Return all that a call is given."""
    return [*call.node.args, *(one.value for one in call.node.keywords)]


def built(body: Body, call: Call) -> bool:
    """Return whether a statement is built by SQLAlchemy for one row, with no list of rows beside it."""
    if len(call.node.args) != 1 or not isinstance(call.node.args[0], ast.Call):
        return False
    name = body.dotted(call.node.args[0].func)
    return bool(BUILT.search(name)) and "from_select" not in name


def advice(body: Body, call: Call) -> str:
    """Return what writes many rows with what is at hand."""
    if call.last in SINGLE:
        return SINGLE[call.last]
    held = kind(body, call.receiver)
    if held.startswith("hook"):
        return "hook.insert_rows(table, rows), or COPY for many"
    # psycopg2's own executemany sends row by row as well; PostgresHook connects with it.
    if any(name.startswith("psycopg2") or name.endswith("PostgresHook") for name in body.aliases.values()):
        return "psycopg2.extras.execute_values, or COPY for many"
    return "executemany(sql, rows), or the database's bulk load for many"


RULE = Rule(
    "AFT502",
    "row-by-row-write",
    Severity.ERROR,
    Explanation(
        what=(
            "INSERT, UPDATE, DELETE or MERGE of one row, sent for each item of a loop in task code. "
            "Loops over tables, batches or a few written-out items, and loops that wait for a service or a "
            "program with each item, are left alone."
        ),
        why="Each row costs a round trip and often a commit: ten to a thousand times slower than a batch.",
        example='for row in rows:\n    cursor.execute("INSERT INTO t VALUES (%s, %s)", row)',
        instead="Collect the rows and write them at once: executemany, execute_values, insert_rows or COPY.",
        fix="No edit: how rows are collected, and how many fit, depends on the code around.",
        sources=(
            "https://www.psycopg.org/docs/extras.html#fast-execution-helpers",
            "https://www.postgresql.org/docs/current/populate.html",
        ),
    ),
    check,
)
