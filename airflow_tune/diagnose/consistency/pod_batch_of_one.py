"""AFC10: KubernetesExecutor creates one pod in each scheduler loop."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.consistency.rule import Rule, setting_evidence
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Finding, Layer, Severity
from airflow_tune.installation.model import Installation

RULE = Rule("AFC10", "pod-batch-of-one", Layer.FRAMEWORK)


def check(installation: Installation) -> Iterator[Finding]:
    """Look for a creation batch of 1: a fan-out of n tasks then takes n loops to start.

    An idle loop lasts about `scheduler_idle_sleep_time`, so the last task waits n of those.
    """
    batch = installation.settings.integer("kubernetes_executor", "worker_pods_creation_batch_size")
    if not installation.runs(ExecutorKind.KUBERNETES) or batch != 1:
        return
    sleep = installation.settings.number("scheduler", "scheduler_idle_sleep_time")
    yield RULE.finding(
        Severity.WARN,
        f"one pod is created in each scheduler loop: task number 100 of a fan-out waits about"
        f" {100 * (1.0 if sleep is None else sleep):g} s for its turn",
        advice="raise kubernetes_executor.worker_pods_creation_batch_size",
        evidence=(
            setting_evidence(installation, "kubernetes_executor", "worker_pods_creation_batch_size"),
            setting_evidence(installation, "scheduler", "scheduler_idle_sleep_time"),
        ),
        origin=installation.settings.get("kubernetes_executor", "worker_pods_creation_batch_size").origin,
    )
