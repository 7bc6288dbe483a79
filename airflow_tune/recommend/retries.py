"""Retries by task: none where no later try ever helped, as they only burn slots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from airflow_tune.findings import Abstention, Advice, Evidence, Recommendation, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.cost import basis, confidence
from airflow_tune.recommend.measured import origin_of
from airflow_tune.recommend.plan import Plan
from airflow_tune.units import format_duration, format_share

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.failure import RetryPolicy
    from airflow_tune.diagnose.past.lessons import Lessons

MOST_TASKS = 10
OPTION = "retries:"


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose retries for the tasks whose retries burnt most; nothing without a history."""
    lessons = plan.lessons
    if lessons is None:
        return
    for policy in lessons.verdict.failures.policies[:MOST_TASKS]:
        if policy.retries > 0:
            yield _judged(lessons, policy)


def _judged(lessons: Lessons, policy: RetryPolicy) -> Advice:
    origin, option = origin_of(lessons), f"{OPTION}{policy.task}"
    helped = policy.rescued / policy.failed_first
    evidence = (
        Evidence("failed at first", str(policy.failed_first), origin),
        Evidence("succeeded on a later try", str(policy.rescued), origin),
        Evidence("slot time in failed later tries", format_duration(policy.burnt_s), origin),
        Evidence(
            "share that retries helped",
            format_share(helped),
            computed("succeeded later / failed at first"),
            f"{policy.rescued} / {policy.failed_first}",
        ),
    )
    if policy.rescued:
        why = f"{format_share(helped)} of what failed at first succeeded on a later try"
        return Abstention(option, str(policy.retries), origin, why, evidence)
    return Recommendation(
        option=option,
        current=str(policy.retries),
        current_origin=origin,
        proposed="0",
        reason=f"none of its {policy.failed_first} task instances that failed succeeded on a later try, which"
        f" took {format_duration(policy.burnt_s)} of slots",
        risk=Risk("a failure of another kind, such as a lost connection, is not retried any more"),
        confidence=confidence(lessons),
        binds_next="the task's own defect",
        evidence=evidence,
        basis=basis(lessons),
        how=f"in the code of task {policy.task}: retries=0",
    )
