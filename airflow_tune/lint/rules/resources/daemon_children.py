"""AFT607: a task starts processes where it may not."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import Severity
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

STARTS = frozenset(
    {
        *("multiprocessing.Process", "multiprocessing.Pool", "multiprocessing.pool.Pool"),
        *("multiprocessing.Manager", "multiprocessing.context.Process"),
    }
)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield multiprocessing in task code of files that do not need Airflow 3."""
    if not subject.flow.mentions("multiprocessing") or subject.flow.mentions("airflow.sdk"):
        return
    if subject.index.script:  # a process of its own, which may have children
        return
    for body in subject.flow.bodies(("Process", "Pool", "Manager")):
        for call in body.calls:
            if call.name in STARTS:
                yield Hit.on(call.node, f"{call.name} fails where the task runs in a daemonic process")


RULE = Rule(
    "AFT607",
    "multiprocessing-in-daemon",
    Severity.WARN,
    Explanation(
        what="multiprocessing.Process, Pool or Manager in task code that is not written for Airflow 3.",
        why=(
            "In Airflow 2, workers of LocalExecutor and of Celery's prefork pool are daemonic, and "
            "Python lets no "
            'daemonic process have children: "daemonic processes are not allowed to have children".'
        ),
        example="multiprocessing.Pool(4).map(work, parts)",
        instead=(
            "Use threads, a subprocess, or a mapped task; with Celery also "
            "execute_tasks_new_python_interpreter."
        ),
        fix="No edit: which of these fits depends on the work.",
        sources=(
            "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon",
            "https://github.com/apache/airflow/issues/14896",
        ),
    ),
    check,
)
