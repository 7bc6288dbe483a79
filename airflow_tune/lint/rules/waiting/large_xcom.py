"""AFT806: a large result is stored in the metadata DB."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from airflow_tune.findings import Severity
from airflow_tune.lint.flow.body import Body
from airflow_tune.lint.flow.fetches import asked, small
from airflow_tune.lint.flow.file import Flow
from airflow_tune.lint.flow.frames import written_rows
from airflow_tune.lint.flow.kinds import kind
from airflow_tune.lint.pricing import SMALL_BYTES
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

MAKES = frozenset(
    {"fetchall", "get_records", "get_pandas_df", "get_df", "read_csv", "read_sql", "read_parquet"}
)
MORE = frozenset(
    {"read", "readlines", "DataFrame", "concat", "merge", "read_json", "read_excel", "read_sql_query"}
)
SPELLED = frozenset({"to_json", "to_csv", "to_dict", "to_records", "to_string"})
LARGE = {"dataframe": "a data frame", "records": "all rows of a query", "content": "a file's content"}


def check(subject: Subject) -> Iterator[Hit]:
    """Yield results and pushes of task code that hold whole tables or files."""
    flow = subject.flow
    for body in flow.bodies(MAKES | MORE):
        if stores(flow, body):
            for node in body.returns:
                what = large(body, node.value)
                if what:
                    message = f"the task's result is {what}, stored in the metadata DB by XCom"
                    yield replace(Hit.on(node, message), about=tasks_of(flow, body))
        for call in body.calls:
            if call.last == "xcom_push":
                what = large(body, call.argument(1, "value"))
                if what:
                    message = f"{what} is pushed to XCom, which is the metadata DB"
                    yield replace(Hit.on(call.node, message), about=tasks_of(flow, body))


def tasks_of(flow: Flow, body: Body) -> tuple[tuple[str, str], ...]:
    """Return the tasks that run a body, by DAG and key."""
    return tuple((str(dag.dag_id), task.key) for dag, task in flow.own_tasks(body.node))


def stores(flow: Flow, body: Body) -> bool:
    """Return whether Airflow keeps what a body returns."""
    tasks = flow.own_tasks(body.node)
    return bool(tasks) and all(task.arguments.get("do_xcom_push", True) is not False for _, task in tasks)


def large(body: Body, node: ast.expr | None) -> str:
    """Return what a value holds when that may be large, "" otherwise."""
    value = body.value(node)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in SPELLED:
        to_text = not value.args or value.func.attr == "to_dict"  # with an argument they write a file
        return (
            "all rows of a data frame"
            if to_text and large(body, value.func.value) == LARGE["dataframe"]
            else ""
        )
    held = kind(body, node)
    if held not in LARGE or written_rows(body, node) is not None or few_rows(body, value):
        return ""
    return LARGE[held]


def few_rows(body: Body, value: ast.expr | None) -> bool:
    """Return whether a value comes from a query that answers with few rows, or that is unknown."""
    call = next((one for one in body.calls if one.node is value), None)
    if call is not None and isinstance(call.keyword("nrows"), ast.Constant):
        return True
    if call is None or call.last not in ("fetchall", "get_records", "get_pandas_df", "get_df"):
        return False
    text = asked(body, call)
    return text is None or small(text)


RULE = Rule(
    "AFT806",
    "large-xcom",
    Severity.WARN,
    Explanation(
        what=(
            "A task returns or pushes a data frame, all rows of a query, or the content of a file. "
            "Queries that "
            "answer with few rows, frames that are empty or written out, and tasks with do_xcom_push=False "
            "are left alone; with --db those too whose values were all small, and the others tell how large "
            "theirs were."
        ),
        why=(
            "XCom is a table of the metadata DB: megabytes per run slow down the scheduler's database, and "
            "every reader holds them in memory again."
        ),
        example="@task\ndef load():\n    return pd.read_csv(path)",
        instead=(
            "Write it to object storage and return its path, or set an object-storage XCom backend "
            "(core.xcom_backend; then ignore this rule)."
        ),
        fix="No edit: where the data should go only its author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/xcoms.html",),
    ),
    check,
    {"min-bytes": SMALL_BYTES},
)
