"""AFT108: one file makes many DAGs."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

MOST = 20
"""DAGs of one file that are left alone; judgement: with DAGs of usual size a parse still takes a second."""


def check(subject: Subject) -> Iterator[Hit]:
    """Yield the place of the first DAG of a file with more than MOST, or with nobody knows how many."""
    dags = subject.graph.dags
    if len(dags) > subject.options.of("AFT108", "max-dags", MOST):
        yield Hit(dags[0].place.line, f"this file makes {len(dags)} DAGs", dags[0].place.file)
        return
    for site in subject.index.sites:
        if site.name == "globals" and site.at_parse and site.loops and any_number(subject):
            yield Hit.on(site.node, "this file makes as many DAGs as its loop finds at each parse")
            return


def any_number(subject: Subject) -> bool:
    """Return whether the ids of the DAGs are not known, so that a loop may make any number of them."""
    return any(not isinstance(dag.dag_id, str) for dag in subject.graph.dags)


RULE = Rule(
    "AFT108",
    "many-dags-per-file",
    Severity.INFO,
    Explanation(
        what=(
            "A file makes more than twenty DAGs, or puts DAGs into globals() in a loop over what it finds at "
            "run time."
        ),
        why=(
            "A file is parsed by one process, so its DAGs are not parsed in parallel, none of them is up to "
            "date before all are done, and each of their tasks makes all of them again when it starts."
        ),
        example="for name in names:\n    globals()[name] = make_dag(name)",
        instead="Write one file for each DAG, or for a few of them, at deployment.",
        fix="No edit: files have to be made.",
        sources=("https://airflow.apache.org/docs/apache-airflow/stable/howto/dynamic-dag-generation.html",),
    ),
    check,
    options={"max-dags": MOST},
)
