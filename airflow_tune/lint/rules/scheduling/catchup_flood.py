"""AFT302: enabling a DAG makes hundreds of runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from airflow_tune.dags.schedule import moment, schedule_of
from airflow_tune.findings import Severity
from airflow_tune.lint.facts import DagFacts
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.project import Knowledge, ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit

MOST = 500
"""Runs of a backlog that are left alone: at 20 runs examined per loop the scheduler is busy for a while."""


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield DAGs that would catch up on more than MOST runs if they were enabled now."""
    most = subject.knowledge.options.of("AFT302", "max-runs", MOST)
    for dag in subject.dags:
        count = backlog(dag, subject.knowledge.now) if catches_up(dag, subject.knowledge) else 0
        if count > most:
            begin = moment(dag.arguments["start_date"])
            message = (
                f"{dag_name(dag)} catches up on {count:,} runs since {begin:%Y-%m-%d} when it is enabled anew"
            )
            one = dag.arguments.get("max_active_runs") == 1
            yield Hit(dag.line, message, dag.file, severity=Severity.WARN if one else None)


def catches_up(dag: DagFacts, known: Knowledge) -> bool:
    """Return whether a DAG catches up: it says so, or says nothing where that is the default."""
    if "catchup" in dag.arguments:
        return dag.arguments["catchup"] is True
    return known.version is not None and known.version.catches_up_by_default


def backlog(dag: DagFacts, now: datetime) -> int:
    """Return how many runs are due from a DAG's start_date until now or its end_date."""
    schedule, begin = schedule_of(dag.arguments), moment(dag.arguments.get("start_date"))
    if schedule is None or begin is None:
        return 0
    return schedule.count(begin, min(now, moment(dag.arguments.get("end_date")) or now))


RULE = ProjectRule(
    "AFT302",
    "catchup-flood",
    Severity.ERROR,
    Explanation(
        what=(
            "A DAG that catches up (catchup=True, or by default in Airflow 2) with more than five hundred "
            "intervals between its start_date and today; with max_active_runs=1, where they go one after the "
            "other, that is a warn."
        ),
        why=(
            "In a new installation, or once the DAG's history is deleted, the scheduler makes a run for each "
            "of them: they take all slots, and other DAGs starve behind them for days."
        ),
        example='DAG("sales", schedule="@hourly", start_date=datetime(2020, 1, 1), catchup=True)',
        instead="Set catchup=False and backfill what is needed, or move start_date to where data begins.",
        fix="No edit: which intervals are needed only the author knows.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dag-run.html#catchup",),
    ),
    check,
    options={"max-runs": MOST},
)
