"""AFT305: a limit that is meant for a DAG counts for each of its runs."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.project import Need, ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit
from airflow_tune.lint.rules.scheduling.unreachable_limit import limit_of


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield DAGs that bound their tasks and let several runs go at a time."""
    version = subject.knowledge.version
    if version is None or not version.limits_active_tasks_per_run:
        return
    for dag in subject.dags:
        limit, runs = limit_of(dag), dag.arguments.get("max_active_runs")
        if limit is not None and isinstance(runs, int) and runs > 1:
            message = (
                f"max_active_tasks={limit} counts for each run: with max_active_runs={runs},"
                f" {limit * runs} tasks of {dag_name(dag)} may run at a time"
            )
            yield Hit(dag.line, message, dag.file)


RULE = ProjectRule(
    "AFT305",
    "per-run-task-limit",
    Severity.WARN,
    Explanation(
        what="max_active_tasks together with max_active_runs above 1 on Airflow 3.",
        why=(
            "Airflow 2 counted the tasks of all runs of the DAG together, Airflow 3 counts each run by "
            "itself: after an upgrade the load on whatever the limit protects is multiplied."
        ),
        example='DAG("sales", max_active_tasks=4, max_active_runs=8)',
        instead="Bound the tasks of all runs by a pool, and let max_active_tasks be what one run may take.",
        fix="No edit: a pool has to be made.",
        sources=("airflow.jobs.scheduler_job_runner of 2.11.2 and 3.3.2, ConcurrencyMap",),
    ),
    check,
    (Need.VERSION,),
)
