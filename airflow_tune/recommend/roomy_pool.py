"""Pools that never bind: smaller, so that they go on protecting what they are for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from airflow_tune.findings import POOL_PREFIX, Abstention, Advice, Evidence, Recommendation, Risk
from airflow_tune.installation.model import DEFAULT_POOL
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, computed
from airflow_tune.recommend.cost import basis, confidence, waited_s, week_on
from airflow_tune.recommend.measured import origin_of
from airflow_tune.recommend.plan import Plan
from airflow_tune.units import format_duration, format_share

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.concurrency import Usage
    from airflow_tune.diagnose.past.lessons import Lessons

ROOMY_SHARE = 0.5
"""A pool whose peak stayed below this share of its slots limits nothing."""


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose fewer slots for pools that were never half full; nothing without a history."""
    lessons = plan.lessons
    if lessons is None:
        return
    for usage in lessons.verdict.concurrency:
        name = usage.limit.removeprefix(POOL_PREFIX)
        # default_pool is to limit nothing: it has an adviser of its own.
        if not usage.limit.startswith(POOL_PREFIX) or name == DEFAULT_POOL or usage.limit in lessons.wanted:
            continue
        now = plan.installation.pools.get(name, Measured(usage.size, origin_of(lessons)))
        yield _judged(plan, lessons, usage, now)


def _judged(plan: Plan, lessons: Lessons, usage: Usage, now: Measured[int]) -> Advice:
    seen = f"{usage.peak} of {usage.size} slots at the most"
    evidence: tuple[Evidence, ...] = (
        Evidence("most slots in use at once", str(usage.peak), origin_of(lessons)),
        Evidence("waited for it", format_duration(waited_s(lessons, usage.limit)), origin_of(lessons)),
    )
    headroom = plan.installation.profile.pools.default_headroom
    size = max(1, math.ceil(usage.peak * (1 + headroom.value)))
    if usage.peak >= ROOMY_SHARE * usage.size or size >= now.value or now.value < 0:
        return _left(usage.limit, now, f"it used {seen}, and hardly anything waited for it", evidence)
    if not lessons.whole_week:
        span = format_duration(lessons.span_s)
        why = f"it used {seen}, but {span} of history do not show every weekday; {week_on(lessons)}"
        return _left(usage.limit, now, why, (*evidence, _week(lessons)))
    return Recommendation(
        option=usage.limit,
        current=str(now.value),
        current_origin=now.origin,
        proposed=str(size),
        reason=f"it used {seen}: as it is it would not stop a burst from reaching what it protects",
        risk=Risk("a load that grows beyond the peak seen waits for it", 1 - usage.peak / size),
        confidence=confidence(lessons),
        binds_next="nothing more than before: no task instance waits for it",
        evidence=(
            *evidence,
            Evidence("headroom", format_share(headroom.value), headroom.origin),
            Evidence(
                "size",
                str(size),
                computed("peak × (1 + headroom)"),
                f"⌈{usage.peak} × (1 + {headroom.value:g})⌉",
            ),
        ),
        basis=basis(lessons),
    )


def _week(lessons: Lessons) -> Evidence:
    return Evidence(
        "history that shows every weekday on",
        lessons.week_on,
        computed("first moment + 7 days"),
        f"{str(lessons.verdict.begin)[:16]}Z + 7 d",
    )


def _left(option: str, now: Measured[int], why: str, evidence: tuple[Evidence, ...]) -> Abstention:
    origin: Origin = now.origin
    return Abstention(option, str(now.value), origin, why, evidence)
