"""AFT706: nobody is told when a DAG fails."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.model import Dag
from airflow_tune.findings import Severity
from airflow_tune.lint.given import sure
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

TELLS = ("on_failure_callback", "sla_miss_callback", "deadline", "on_retry_callback")
WATCHES = ("one_failed", "all_failed", "all_done", "all_done_min_one_success")


def check(subject: Subject) -> Iterator[Hit]:
    """Yield scheduled DAGs without any callback, e-mail or task that sees failures."""
    for dag in subject.graph.dags:
        if dag.tasks and scheduled(dag) and silent(dag):
            # Airflow sends what email_on_failure asks for to `email` alone.
            asked = any(task.arguments.get("email_on_failure") is True for task in dag.tasks)
            lost = ": email_on_failure has no email to go to" if asked else ""
            yield Hit(dag.place.line, f"when {dag_name(dag)} fails, nobody is told{lost}", dag.place.file)


def scheduled(dag: Dag) -> bool:
    """Return whether a DAG runs without somebody starting it."""
    given = [dag.arguments.get(name) for name in ("schedule", "schedule_interval", "timetable")]
    return any(isinstance(value, str) and value not in ("@once", "") for value in given) or any(
        value is not None and not isinstance(value, str) for value in given
    )


def silent(dag: Dag) -> bool:
    """Return whether neither the DAG nor any of its tasks tells of a failure, as far as all is known."""
    if not dag.complete or any(name in dag.arguments for name in TELLS):
        return False
    for task in dag.tasks:
        mails = task.arguments.get("email") and task.arguments.get("email_on_failure", True)
        told = any(name in task.arguments for name in TELLS) or mails
        if told or task.argument("trigger_rule") in WATCHES or not sure(dag, task):
            return False
    return True


RULE = Rule(
    "AFT706",
    "no-failure-alert",
    Severity.WARN,
    Explanation(
        what=(
            "A scheduled DAG without on_failure_callback, e-mail on failure or deadline, for itself, in "
            "default_args or on any task, and without a task whose trigger rule sees failures."
        ),
        why=(
            "Its failures show in the UI only; what depends on its data goes on with old data until "
            "somebody asks."
        ),
        example='with DAG("sales", schedule="@daily"): ...',
        instead=(
            "Set on_failure_callback to a notifier; for all DAGs at once a cluster policy "
            "(airflow_local_settings) "
            "or a listener does it, and this rule can be ignored."
        ),
        fix="No edit: whom to tell only its author knows.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/callbacks.html",
            "https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/cluster-policies.html",
        ),
    ),
    check,
)
