"""AFT303: runs that must not overlap are not kept from it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_tune.dags.model import Dag, Unknown
from airflow_tune.dags.schedule import moment, schedule_of
from airflow_tune.findings import Severity
from airflow_tune.lint.dataflow.task import sql_texts
from airflow_tune.lint.mending import dag_with
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.sql import statements
from airflow_tune.lint.statement import HOLE
from airflow_tune.lint.subject import Subject

AT_A_TIME = 16
"""[core] max_active_runs_per_dag of 2.11.2 and 3.3.2."""
EMPTIES = re.compile(r"\b(truncate|drop)\s", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield DAGs that catch up, depend on their past or rebuild a table, and do not bound their runs."""
    for dag in subject.graph.dags:
        unbounded = "max_active_runs" not in dag.arguments and schedule_of(dag.arguments)
        reason = (why(dag) or rebuilds(subject, dag)) if unbounded else ""
        if reason:
            lack = f"does not set max_active_runs: up to {AT_A_TIME} runs go at a time"
            message = f"{dag_name(dag)} {reason} and {lack}"
            fix = dag_with(subject, dag, max_active_runs="1")
            yield Hit(dag.place.line, message, dag.place.file, fix)


def why(dag: Dag) -> str:
    """Return why a DAG's runs would compete, "" where nothing says that they do."""
    # A begin that is worked out is mostly a few days ago, and so is what there is to catch up on.
    begins = not isinstance(dag.arguments.get("start_date"), Unknown)
    if dag.arguments.get("catchup") is True and begins and not few(dag):
        return "catches up"
    waiting = [task.key for task in dag.tasks if task.argument("depends_on_past") is True]
    return f"has tasks that depend on their past ({waiting[0]})" if waiting else ""


def few(dag: Dag) -> bool:
    """Return whether a DAG ends before it has had as many runs as may go at a time."""
    schedule = schedule_of(dag.arguments)
    begin, end = (moment(dag.arguments.get(name)) for name in ("start_date", "end_date"))
    return (
        schedule is not None
        and begin is not None
        and end is not None
        and schedule.count(begin, end) <= AT_A_TIME
    )


def rebuilds(subject: Subject, dag: Dag) -> str:
    """Return which table the SQL of a DAG's tasks empties and fills anew, "" for none.

    Tables that a template names may be another in each run, and do not count.
    """
    texts = [text for task in dag.tasks for text in sql_texts(subject, task)]
    if not any(EMPTIES.search(text) for text in texts):
        return ""
    done = [one for text in texts for one in statements(text) or ()]
    emptied = {table for one in done if one.kind in ("truncate", "drop") for table in one.writes}
    filled = {table for one in done if one.kind in ("insert", "create", "copy") for table in one.writes}
    both = sorted(table for table in emptied & filled if HOLE not in table)
    return f"empties and fills {both[0]}" if both else ""


RULE = Rule(
    "AFT303",
    "missing-max-active-runs",
    Severity.WARN,
    Explanation(
        what=(
            "catchup=True, depends_on_past=True, or SQL that truncates or drops a table and fills it, "
            "without max_active_runs."
        ),
        why=(
            "Airflow starts up to 16 runs of a DAG at a time: a backlog takes all slots at once, runs that "
            "write the same table overtake each other, and those that depend on their past hold a place "
            "while they wait."
        ),
        example='DAG("sales", schedule="@daily", start_date=datetime(2020, 1, 1), catchup=True)',
        instead="Set max_active_runs: 1 where runs follow each other, a few where a backlog may overlap.",
        fix="Unsafe: with 1, a backlog takes longer.",
        sources=("airflow.cfg, core.max_active_runs_per_dag of 2.11.2 and 3.3.2: 16",),
    ),
    check,
)
