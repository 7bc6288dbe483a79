"""AFT511: a retry inserts its rows a second time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from airflow_tune.dags.model import Dag, Task
from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body, Call
from airflow_tune.lint.flow.fetches import operator_sql
from airflow_tune.lint.flow.queries import statements_sent
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.shape import Shape
from airflow_tune.lint.sql import statements
from airflow_tune.lint.statement import HOLE, Statement, same_table
from airflow_tune.lint.subject import Subject

INSERT = re.compile(r"\binsert\s+into\b", re.IGNORECASE)
LOGS = re.compile(
    r"log|audit|event|history|hist\b|metric|monitor|tmp|temp|stag|stg|test|example"
    r"|notif|message|outbox|alert|e?mails?\b",
    re.IGNORECASE,
)
"""Tables in which each try may leave its row, or a message for people, or which do not outlive the task."""
SENDS = ("execute", "run", "executemany")
CLEARS = frozenset({"delete", "truncate", "drop", "create", "merge"})
CLEARING = re.compile(r"delete|truncate|drop|merge", re.IGNORECASE)
"""Words without one of which a text empties no table, and need not be parsed for that."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield plain inserts of tasks that are tried again."""
    flow = subject.flow
    if not flow.mentions("insert into", ".sql"):
        return
    clearing = Clearing(subject)
    for dag, task in flow.tasks:
        texts = list(operator_sql(subject, dag, task)) if retried(task) else []
        if any(INSERT.search(text) for text in texts):
            for table in sorted(without(repeated(texts), clearing.before(dag, task))):
                yield Hit(task.place.line, message(table), task.place.file)
    yield from in_functions(subject, clearing)


def in_functions(subject: Subject, clearing: Clearing) -> Iterator[Hit]:
    """Yield plain inserts in the code of tasks that are tried again."""
    for body in subject.flow.bodies(SENDS):
        sent = list(texts_of(body))
        if not any(INSERT.search(text) for _, text in sent):
            continue
        tables = repeated([text for _, text in sent])
        tasks = [one for one in subject.flow.tasks_of(body) if retried(one[1])] if tables else []
        for dag, task in tasks:
            tables = without(tables, clearing.before(dag, task)) if tables else tables
        for call, text in sent if tasks and tables else ():
            found = [one for one in statements(text) or () if one.writes & tables and plain(one)]
            if found:
                yield Hit.on(call.node, message(min(found[0].writes & tables)))


def texts_of(body: Body) -> Iterator[tuple[Call, str]]:
    """Yield the calls of a body that send SQL, and the SQL."""
    for call, text in statements_sent(body):
        yield call, text.filled()


@dataclass
class Clearing:
    """The tables that each task of a file clears, found once."""

    subject: Subject

    @cached_property
    def by_task(self) -> dict[tuple[int, str], set[str]]:
        """Return the tables that tasks clear, by their operators' SQL and by their code; by DAG and key."""
        flow = self.subject.flow
        found = {
            (id(dag), task.key): cleared(operator_sql(self.subject, dag, task)) for dag, task in flow.tasks
        }
        for body in flow.bodies(SENDS):
            tables = cleared(text for _, text in texts_of(body))
            for dag, task in flow.tasks_of(body) if tables else ():
                found[id(dag), task.key] |= tables
        return found

    @cached_property
    def shapes(self) -> dict[int, Shape]:
        """Return the shapes of the file's DAGs."""
        return {id(shape.dag): shape for shape in self.subject.shapes}

    def before(self, dag: Dag, task: Task) -> set[str]:
        """Return the tables that tasks before a task clear: a second run finds them as the first did."""
        shape = self.shapes.get(id(dag))
        keys = shape.before.of(task.key) if shape is not None and shape.small else frozenset()
        return set().union(*(self.by_task.get((id(dag), key), set()) for key in keys))


def cleared(texts: Iterable[str]) -> set[str]:
    """Return the tables that statements empty or drop."""
    read = (one for text in texts if CLEARING.search(text) for one in statements(text) or ())
    found = [one for one in read if one.kind in CLEARS - {"create"}]
    return {table for one in found for table in one.writes}


def retried(task: Task) -> bool:
    """Return whether a task is known to be tried again."""
    retries = task.argument("retries")
    return isinstance(retries, int) and retries > 0


def repeated(texts: list[str]) -> set[str]:
    """Return the tables that statements insert into without clearing them; none where one cannot be read."""
    found: list[Statement] = []
    for text in texts:
        some = statements(text)
        if some is None:
            return set()
        found += some
    gone = {table for one in found if one.kind in CLEARS for table in one.writes}
    looked = any(one.kind == "select" for one in found)  # it may ask whether the rows are there already
    inserted = {table for one in found if plain(one) for table in one.writes}
    # What is made of the table itself, a list of new rows say, knows which rows are there.
    inserted -= {table for one in found if not plain(one) for table in one.reads - one.writes}
    if looked or any(HOLE in table for table in gone):
        return set()
    return {table for table in without(inserted, gone) if HOLE not in table and not LOGS.search(table)}


def without(tables: set[str], cleared: set[str]) -> set[str]:
    """Return tables less those that are cleared, by whatever name."""
    return {table for table in tables if not any(same_table(table, other) for other in cleared)}


def plain(one: Statement) -> bool:
    """Return whether a statement inserts whatever is there already."""
    return one.kind == "insert" and not one.upsert


def message(table: str) -> str:
    """Return what is told."""
    return f"a retry or a second run inserts the same rows into {table} again"


RULE = Rule(
    "AFT511",
    "insert-without-upsert",
    Severity.WARN,
    Explanation(
        what=(
            "A plain INSERT in a task with retries that neither clears what the run wrote before nor "
            "says what "
            "happens to rows that are there, where no task before it clears the table "
            "either. Tables of logs, notifications and stages are left alone."
        ),
        why="When a task fails behind its commit, or is cleared and run again, its rows are there twice.",
        example='SQLExecuteQueryOperator(task_id="load", sql="INSERT INTO sales SELECT ...", retries=3)',
        instead="Use MERGE or ON CONFLICT, or delete the interval's rows first in the same transaction.",
        fix="No edit: what makes two rows the same only the author of the table knows.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/best-practices.html",
            "https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT",
        ),
    ),
    check,
)
