"""Celery's own options: recycling of pool processes, and redelivery of late acknowledged tasks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Advice, Confidence, Evidence, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose
from airflow_tune.units import format_duration

EXTRA = ("celery", "extra_celery_config")
VISIBILITY = ("celery_broker_transport_options", "visibility_timeout")
RECYCLE = "worker_max_tasks_per_child"

# Brokers that redeliver what is not acknowledged in time, and the provider's default for them
# (`default_celery.py` of the celery provider).
REDELIVERING = ("redis", "rediss", "sqs", "sentinel")
DEFAULT_VISIBILITY_S = 86400
# Room for the wait in a worker's reservation and for a run longer than the longest seen; judgement.
LONGEST_TIMES = 2
HOUR_S = 3600


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose worker_max_tasks_per_child and the visibility timeout; nothing without Celery."""
    if plan.installation.runs(ExecutorKind.CELERY):
        yield _recycling(plan)
        yield _visibility(plan)


def _recycling(plan: Plan) -> Advice:
    text = plan.installation.settings.get(*EXTRA).value or "{}"
    try:
        extra: dict[str, Any] = json.loads(text)
    except ValueError:
        return leave(plan.installation, EXTRA, "its value is no JSON, so Celery cannot start with it")
    tasks = int(plan.installation.profile.limits.tasks_per_child.value)
    warm = plan.installation.footprint.first_task_s
    duration = plan.installation.profile.typical_duration_s()
    evidence = (
        Evidence("tasks a process", str(tasks), plan.installation.profile.limits.tasks_per_child.origin),
        Evidence("first task of a process", f"{warm.value:g} s", warm.origin),
        Evidence(
            "time lost",
            f"{warm.value / (tasks * duration):.2%}",
            computed("first task / (tasks × duration)"),
            f"{warm.value:g} / ({tasks} × {duration:g})",
        ),
    )
    current = extra.get(RECYCLE)
    if isinstance(current, int) and current >= tasks // 10:
        return leave(plan.installation, EXTRA, f"{RECYCLE} = {current} already recycles processes", evidence)
    merged = json.dumps({**extra, RECYCLE: tasks})
    return propose(
        plan.installation,
        EXTRA,
        merged,
        reason=f"a pool process recycled after {tasks} tasks gives back what it leaked,"
        f" for a start of {warm.value:g} s",
        risk=Risk("the first task of a new process starts a few seconds later"),
        confidence=Confidence.LOW,
        evidence=evidence,
        binds_next="memory of the worker",
    )


def _visibility(plan: Plan) -> Advice:
    settings = plan.installation.settings
    scheme = (settings.get("celery", "broker_url").value or "").partition(":")[0]
    if scheme and scheme not in REDELIVERING:
        return leave(plan.installation, VISIBILITY, f"a {scheme} broker does not redeliver by time")
    now = settings.integer(*VISIBILITY) or DEFAULT_VISIBILITY_S
    longest = plan.installation.profile.longest_s()
    needed = math.ceil(LONGEST_TIMES * longest / HOUR_S) * HOUR_S
    evidence = (
        Evidence("longest task", format_duration(longest), plan.installation.profile.origin),
        Evidence(
            "needed",
            f"{needed} s",
            computed("2 × longest task, in whole hours"),
            f"{LONGEST_TIMES} × {longest:g} s",
        ),
    )
    if now >= needed:
        return leave(
            plan.installation,
            VISIBILITY,
            f"{now} s is more than twice the longest task ({format_duration(longest)})",
            evidence,
        )
    return propose(
        plan.installation,
        VISIBILITY,
        needed,
        reason=f"after {format_duration(now)} the broker hands an unfinished task to a second worker,"
        f" and tasks here run up to {format_duration(longest)}",
        risk=Risk("a task lost with its worker is redelivered that much later"),
        confidence=plan.confidence,
        evidence=evidence,
        binds_next="the longest task",
    )
