"""Retries by class of failure as its retries went, and none for tasks that no later try ever helped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from airflow_tune.findings import Abstention, Advice, Confidence, Evidence, Recommendation, Risk
from airflow_tune.origins import Origin, OriginKind, computed
from airflow_tune.recommend.cost import basis, confidence
from airflow_tune.recommend.measured import origin_of
from airflow_tune.recommend.plan import Plan
from airflow_tune.units import format_duration, format_share, plural

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.failure import RetryPolicy
    from airflow_tune.diagnose.past.lessons import Lessons
    from airflow_tune.diagnose.past.retry import ClassPolicy

MOST_TASKS = 10
OBSERVED = "observed"
"""As `diagnose.past.retry` calls a policy that enough retries decided."""
OPTION = "retries:"
CLASS_OPTION = "retries_after:"
ENOUGH_FAILED = 3
"""Fewer failures of a class than this are an incident; judgement."""


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose how to retry after each class of failure, and for tasks; nothing without a history."""
    lessons = plan.lessons
    if lessons is None:
        return
    tries = {one.cause: one.tries for one in lessons.verdict.failures.classes}
    for one in lessons.verdict.failures.class_policies:
        yield _of_class(lessons, one, tries.get(one.cause, 0))
    for policy in lessons.verdict.failures.policies[:MOST_TASKS]:
        if policy.retries > 0:
            yield _judged(lessons, policy)


def _of_class(lessons: Lessons, policy: ClassPolicy, failed: int) -> Advice:
    """Return how to retry after failures of one class, whatever each of its tasks does today."""
    origin, option = origin_of(lessons), f"{CLASS_OPTION}{policy.cause}"
    evidence = (
        Evidence("failures of the class", str(failed), origin),
        Evidence("tried again", str(policy.retried), origin),
        Evidence(
            "succeeded then",
            str(policy.rescued),
            origin,
            f"{format_share(policy.low_share)} to {format_share(policy.high_share)} with 95 % confidence"
            if policy.retried
            else "",
        ),
        Evidence("slot time in retries that failed again", format_duration(policy.burnt_s), origin),
    )
    if policy.retries is None or failed < ENOUGH_FAILED:
        why = (
            policy.advice
            if policy.retries is None
            else f"only {plural(failed, 'failure')} of this class so far"
        )
        return Abstention(option, None, origin, why, evidence)
    return Recommendation(
        option=option,
        current=None,
        current_origin=Origin(OriginKind.ASSUMED, "each task says for itself how it is retried"),
        proposed=_arguments(policy),
        reason=f"{plural(failed, 'failure')} of this class; {_went(policy)}",
        risk=Risk(
            "a failure of another kind is not retried either"
            if not policy.retries
            else "a task that is not idempotent does its work twice"
        ),
        confidence=confidence(lessons) if policy.basis == OBSERVED else Confidence.LOW,
        binds_next="the cause itself",
        evidence=evidence,
        basis=basis(lessons) if policy.basis == OBSERVED else "rests on what is usual for such failures",
        how=f"in the code of the tasks that fail so: {_arguments(policy)}",
    )


def _went(policy: ClassPolicy) -> str:
    if not policy.retried:
        return "none was tried again"
    return f"{policy.rescued} of {plural(policy.retried, 'retry', 'retries')} succeeded"


def _arguments(policy: ClassPolicy) -> str:
    """Return the policy as arguments of an operator."""
    found = [f"retries={policy.retries}"]
    if policy.delay_s is not None:
        found.append(f"retry_delay=timedelta(seconds={policy.delay_s:.0f})")
    if policy.exponential and policy.max_delay_s is not None:
        found += [
            "retry_exponential_backoff=True",
            f"max_retry_delay=timedelta(seconds={policy.max_delay_s:.0f})",
        ]
    return ", ".join(found)


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
