"""[kubernetes_executor] worker_pods_creation_batch_size: how fast a fan-out becomes pods."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Advice, Confidence, Evidence, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import propose

BATCH = ("kubernetes_executor", "worker_pods_creation_batch_size")
ASYNC = ("kubernetes_executor", "async_pod_creation")


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose a batch that creates pods about as fast as the scheduler queues tasks.

    Pods are created one after the other inside the scheduler's loop, unless
    `async_pod_creation` is on; the batch may lengthen the loop by the idle sleep at most.
    """
    settings = plan.installation.settings
    if not plan.installation.runs(ExecutorKind.KUBERNETES):
        return
    queued = settings.integer("scheduler", "max_tis_per_query") or plan.running
    each = plan.installation.profile.scheduling.pod_create_s
    sleep = settings.number("scheduler", "scheduler_idle_sleep_time")
    budget = 1.0 if sleep is None else max(sleep, each.value)
    concurrent = settings.boolean(*ASYNC) is True
    value = queued if concurrent else max(1, min(queued, math.floor(budget / each.value)))
    yield propose(
        plan.installation,
        BATCH,
        value,
        reason=f"one loop may queue {queued} tasks; creating {value} pods "
        + (
            "at the same time keeps up with it"
            if concurrent
            else f"lengthens it by about {value * each.value:.1f} s"
        ),
        risk=Risk(
            "the Kubernetes API server sees bursts of that size; raise task_publish_max_retries with it"
        ),
        confidence=Confidence.LOW,
        evidence=(
            Evidence(
                "queued in one loop", str(queued), settings.get("scheduler", "max_tis_per_query").origin
            ),
            Evidence("creation of a pod", f"{each.value:g} s", each.origin),
            Evidence(
                "pods in one loop",
                str(value),
                computed("loop budget / creation of a pod"),
                f"min({queued}, ⌊{budget:g} / {each.value:g}⌋)",
            ),
        ),
        binds_next="scheduler.max_tis_per_query",
    )
