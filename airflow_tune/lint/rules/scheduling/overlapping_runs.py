"""AFT307: a DAG's runs take longer than the time between them."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.schedule import schedule_of
from airflow_tune.findings import Evidence, Severity
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.project import Need, ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit
from airflow_tune.origins import computed

SLOW = 90
"""The percentile of run times that has to fit between two runs."""


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield DAGs of which one run in ten or more is not done when the next is due."""
    history = subject.knowledge.history
    if history is None:
        return
    # Without a history, what reads one is not even loaded.
    import numpy as np  # noqa: PLC0415

    from airflow_tune.lint.past import run_seconds  # noqa: PLC0415

    taken = run_seconds(history)
    for dag in subject.dags:
        schedule = schedule_of(dag.arguments)
        seconds = taken.get(dag.dag_id) if isinstance(dag.dag_id, str) else None
        if schedule is None or seconds is None:
            continue
        slow = float(np.percentile(seconds, SLOW))
        if slow > schedule.interval_s:
            message = (
                f"a run of {dag_name(dag)} is due every {schedule.interval_s:.0f} s, and one in ten takes"
                f" {slow:.0f} s or more"
            )
            formula = f"{SLOW}th percentile of {len(seconds)} scheduled runs"
            evidence = Evidence("run time", f"{slow:.0f} s", computed(formula), formula)
            yield Hit(dag.line, message, dag.file, evidence=(evidence,))


RULE = ProjectRule(
    "AFT307",
    "overlapping-runs",
    Severity.WARN,
    Explanation(
        what="The 90th percentile of a DAG's run times is longer than the interval of its schedule.",
        why=(
            "Runs overlap and take each other's slots and locks; with max_active_runs=1 they queue up "
            "instead, and the data is later from day to day."
        ),
        example='DAG("sales", schedule="*/5 * * * *")  # whose runs take seven minutes',
        instead="Let it run less often on more data, or shorten its critical path (airflow-tune analyze).",
        fix="No edit: the interval is a promise to the users of the data.",
        sources=("the history that --db or --snapshot gave",),
    ),
    check,
    (Need.HISTORY,),
)
