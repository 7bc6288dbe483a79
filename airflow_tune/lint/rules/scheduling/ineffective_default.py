"""AFT308: a DAG argument stands in default_args, where it does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

DAG_ONLY = frozenset(
    {
        *(
            "catchup",
            "schedule",
            "schedule_interval",
            "timetable",
            "max_active_runs",
            "max_active_tasks",
            "tags",
        ),
        *("tags", "concurrency", "dagrun_timeout", "description", "is_paused_upon_creation", "dag_id"),
    },
)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield DAGs whose default_args hold what only the DAG takes."""
    for dag in subject.graph.dags:
        given = dag.arguments.get("default_args")
        wrong = sorted(DAG_ONLY.intersection(given)) if isinstance(given, dict) else []
        if wrong:
            message = f"{', '.join(wrong)} in default_args does nothing; the DAG does not see it"
            yield Hit(dag.place.line, message, dag.place.file)


RULE = Rule(
    "AFT308",
    "ineffective-default-arg",
    Severity.ERROR,
    Explanation(
        what=(
            "default_args holds an argument of the DAG itself, such as catchup, schedule or max_active_runs."
        ),
        why=(
            "default_args are handed to tasks; the DAG keeps its defaults, so on Airflow 2 catch-up "
            "floods and runs overlap although the file seems to forbid it."
        ),
        example='default_args={"catchup": False}',
        instead="Pass it to the DAG.",
        fix="Unsafe: once effective, the argument changes what the DAG does.",
        sources=("airflow.sdk.bases.operator.get_merged_defaults of 3.3.2",),
    ),
    check,
)
