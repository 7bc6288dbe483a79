"""AFC06: Celery's autoscaler never scales with prefetch 1 and late acknowledgement."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.consistency.rule import Rule, setting_evidence
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Finding, Layer, Severity
from airflow_tune.installation.model import Installation

RULE = Rule("AFC06", "autoscale-cannot-scale", Layer.FRAMEWORK)


def check(installation: Installation) -> Iterator[Finding]:
    """Look for worker_autoscale with worker_prefetch_multiplier 1 and task_acks_late.

    The autoscaler grows by reserved messages, and with these two a worker reserves no more than
    its processes: celery pull request 6069, apache/airflow pull request 8695.
    """
    settings = installation.settings
    autoscale = settings.get("celery", "worker_autoscale")
    late = settings.boolean("celery", "task_acks_late") is not False
    prefetch = settings.integer("celery", "worker_prefetch_multiplier")
    if not installation.runs(ExecutorKind.CELERY) or not autoscale.value or not late or prefetch != 1:
        return
    most, _, least = (part.strip() for part in autoscale.value.partition(","))
    if most == least:
        return
    yield RULE.finding(
        Severity.WARN,
        f"worker_autoscale = {autoscale.value} cannot scale up: with prefetch 1 and late"
        f" acknowledgement workers stay near {least} processes",
        advice="drop celery.worker_autoscale and set worker_concurrency to the number you want,"
        " or scale the number of workers",
        evidence=(
            setting_evidence(installation, "celery", "worker_autoscale"),
            setting_evidence(installation, "celery", "worker_prefetch_multiplier"),
            setting_evidence(installation, "celery", "task_acks_late"),
        ),
        origin=autoscale.origin,
    )
