"""AFT309: a scheduled DAG's runs may last for ever."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.schedule import schedule_of
from airflow_tune.findings import Severity
from airflow_tune.lint.mending import dag_with
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject


def check(subject: Subject) -> Iterator[Hit]:
    """Yield DAGs due by the clock without dagrun_timeout, unless each of their tasks has a timeout."""
    for dag in subject.graph.dags:
        bounded = dag.tasks and all(task.argument("execution_timeout") is not None for task in dag.tasks)
        if "dagrun_timeout" not in dag.arguments and schedule_of(dag.arguments) is not None and not bounded:
            message = f"a run of {dag_name(dag)} that hangs is never ended"
            fix = dag_with(subject, dag, dagrun_timeout="timedelta(days=1)")
            yield Hit(dag.place.line, message, dag.place.file, fix)


RULE = Rule(
    "AFT309",
    "missing-dagrun-timeout",
    Severity.INFO,
    Explanation(
        what="A DAG with a schedule, no dagrun_timeout, and tasks without execution_timeout.",
        why=(
            "A run that hangs keeps its place among max_active_runs, so after a few of them the DAG stands "
            "still, and nothing fails that would tell anybody."
        ),
        example='DAG("sales", schedule="@hourly", start_date=datetime(2024, 1, 1), catchup=False)',
        instead="Set dagrun_timeout to what a slow run takes, with room.",
        fix="Unsafe: writes a day; how long a run may take only its author knows.",
        sources=("airflow.jobs.scheduler_job_runner of 3.3.2, _schedule_dag_run",),
    ),
    check,
)
