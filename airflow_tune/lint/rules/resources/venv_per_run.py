"""AFT613: each run builds its virtual environment anew."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

OPERATORS = frozenset(
    {
        "@task.branch_virtualenv",
        "PythonVirtualenvOperator",
        "BranchPythonVirtualenvOperator",
        "@task.virtualenv",
    }
)

CACHE = '"/var/tmp/airflow-venvs"'
"""Where a fix puts environments: this folder outlives restarts (File Hierarchy Standard 5.15)."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield virtualenv tasks without a cache."""
    for dag in subject.graph.dags:
        unread = {reason.line for reason in dag.why_partial}
        for task in dag.tasks:
            cached = "venv_cache_path" in task.arguments or task.place.line in unread
            if task.operator in OPERATORS and not cached:
                message = f"{task.key} builds a virtual environment in each run"
                fix = task_with(subject, task, venv_cache_path=CACHE)
                yield Hit(task.place.line, message, task.place.file, fix)


RULE = Rule(
    "AFT613",
    "venv-per-run",
    Severity.WARN,
    Explanation(
        what="PythonVirtualenvOperator or @task.virtualenv without venv_cache_path.",
        why=(
            "Each try creates an environment and installs its packages: half a minute, and the index has to "
            "answer."
        ),
        example='@task.virtualenv(requirements=["pandas==2.2.3"])\ndef load(): ...',
        instead=(
            "Give it a venv_cache_path on the worker, or use ExternalPythonOperator with a prepared "
            "environment."
        ),
        fix="Unsafe: the folder has to exist on the workers, writable for the tasks.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html",
        ),
    ),
    check,
)
