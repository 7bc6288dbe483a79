"""AFT208: a DAG's tasks take less time than their starts."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Evidence, Severity
from airflow_tune.lint.naming import dag_name
from airflow_tune.lint.project import Need, ProjectRule, ProjectSubject
from airflow_tune.lint.rule import Explanation, Hit
from airflow_tune.origins import computed

MOST = 10
"""Tiny tasks of a DAG that are left alone; judgement."""


def check(subject: ProjectSubject) -> Iterator[Hit]:
    """Yield DAGs with more than MOST tasks that waited longer for their start than they ran."""
    most = subject.knowledge.options.of("AFT208", "max-tasks", MOST)
    ran = subject.task_seconds
    began = subject.start_seconds
    for dag in subject.dags:
        names = [(str(dag.dag_id), task.key) for task in dag.tasks if not task.operator.startswith("Empty")]
        tiny = [name for name in names if name in ran and ran[name] < began.get(name, 0.0)]
        if len(tiny) > most:
            work, start = sum(ran[name] for name in tiny), sum(began[name] for name in tiny)
            message = (
                f"{len(tiny)} tasks of {dag_name(dag)} run {work:.0f} s in all and spend {start:.0f} s on "
                "being started"
            )
            formula = "sum over tasks of the median seconds from queued to running"
            evidence = Evidence("starts", f"{start:.0f} s", computed(formula), formula)
            yield Hit(dag.line, message, dag.file, evidence=(evidence,))


RULE = ProjectRule(
    "AFT208",
    "tiny-tasks",
    Severity.WARN,
    Explanation(
        what="More than ten tasks of a DAG whose median run is shorter than their median start.",
        why=(
            "Each task costs a turn of the scheduler, a process and an import of the DAG file; where the "
            "work is shorter than that, the overhead is what the DAG does."
        ),
        example='for row in rows:\n    BashOperator(task_id=f"row_{row}", bash_command=f"store {row}")',
        instead="Do many items in one task.",
        fix="No edit: what belongs into one task depends on what may fail alone.",
        sources=("the history that --db or --snapshot gave",),
    ),
    check,
    (Need.HISTORY,),
    options={"max-tasks": MOST},
)
