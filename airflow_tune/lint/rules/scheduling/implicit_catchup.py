"""AFT301: a scheduled DAG does not say whether it catches up."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.model import MISSING, Dag, Reference, Unknown
from airflow_tune.dags.schedule import given, schedule_of
from airflow_tune.dags.values.clock import CLOCK
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Fix
from airflow_tune.lint.mending import dag_with
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject


def check(subject: Subject) -> Iterator[Hit]:
    """Yield DAGs due by the clock, with a begin, and without catchup."""
    if any(name.startswith("airflow.sdk") for name in subject.index.aliases.values()):
        return  # written for Airflow 3 alone, which catches up on nothing unless it is told to
    for dag in subject.graph.dags:
        # What default_args say of it does nothing, which is AFT308's.
        said = "catchup" in dag.arguments or "catchup" in dag.defaults
        if not said and schedule_of(dag.arguments) is not None and begins(dag):
            message = (
                f"{dag_name(dag)} does not set catchup: Airflow 2 then runs every interval since start_date,"
                " Airflow 3 none of them"
            )
            yield Hit(dag.place.line, message, dag.place.file, explicit(subject, dag))


def begins(dag: Dag) -> bool:
    """Return whether a DAG has a start_date that stands still, its own or that of its tasks."""
    begins = (place.get("start_date") for place in (dag.arguments, dag.defaults))
    return any(begin is not None and not moves(begin) for begin in begins)


def moves(begin: object) -> bool:
    """Return whether a begin moves with the clock: then there are few intervals since."""
    if isinstance(begin, Unknown):
        return begin.reason == CLOCK
    return isinstance(begin, Reference) and begin.kind == "date"  # days_ago(1)


def explicit(subject: Subject, dag: Dag) -> Fix | None:
    """Return the fix that writes the default of the Airflow that the file is written for, if it shows."""
    present = default(dag)
    return dag_with(subject, dag, catchup=present) if present else None


def default(dag: Dag) -> str:
    """Return the default that counts now: an old argument tells of Airflow 2, "" where nothing tells."""
    return "True" if given({"schedule": MISSING, **dag.arguments}) is MISSING else ""


RULE = Rule(
    "AFT301",
    "implicit-catchup",
    Severity.WARN,
    Explanation(
        what=(
            "A DAG with a schedule and a start_date, and no catchup. Begins that move with the clock, and "
            "files that import airflow.sdk and so are for Airflow 3 alone, are left alone."
        ),
        why=(
            "The default is True in Airflow 2 and False in 3: a first start may flood the scheduler with a "
            "run for every interval since start_date, and an upgrade silently leaves out what was missed."
        ),
        example='DAG("sales", schedule="@daily", start_date=datetime(2024, 1, 1))',
        instead="Write catchup=False, or catchup=True with max_active_runs where each interval is needed.",
        fix="Unsafe: writes the default of the Airflow that the file is written for, which may not be meant.",
        sources=("airflow.cfg, scheduler.catchup_by_default of 2.11.2 and 3.3.2",),
    ),
    check,
)
