"""Limits that held task instances or DAG runs back: larger, as far as hosts and contention allow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from airflow_tune.diagnose.past.span import ENOUGH_HELD
from airflow_tune.findings import POOL_PREFIX, Abstention, Advice, Evidence, Recommendation, Risk
from airflow_tune.origins import Origin, OriginKind, computed
from airflow_tune.recommend.cost import basis, confidence, paid, paid_evidence, spared
from airflow_tune.recommend.measured import origin_of
from airflow_tune.recommend.plan import Plan
from airflow_tune.units import plural

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.lessons import Lessons
    from airflow_tune.diagnose.past.wanted import Wanted

LEFT_SHARE = 0.1
"""A limit is large enough where a tenth of today's waiting is left; judgement."""
STEP = 2
"""What a limit protects has seen so many at once and no more: at most doubled in one step; judgement."""

TASKS, TASK, TASK_RUN, RUNS = (
    "max_active_tasks", "max_active_tis_per_dag", "max_active_tis_per_dagrun", "max_active_runs",
)  # fmt: skip
HANDLED = ("pool", TASKS, TASK, TASK_RUN, RUNS)


class Ceiling(NamedTuple):
    """The largest size that may be proposed, and what sets it."""

    slots: int
    why: str
    evidence: tuple[Evidence, ...]


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose more of every limit that held back, the dearest first; nothing without a history."""
    lessons = plan.lessons
    if lessons is None:
        return
    for one in lessons.wanted.values():
        if one.limit.partition(":")[0] in HANDLED:
            yield _grown(plan, lessons, one)


def _grown(plan: Plan, lessons: Lessons, one: Wanted) -> Advice:
    origin, now = _now(plan, lessons, one)
    kind, _, name = one.limit.partition(":")
    top, cost = _ceiling(plan, lessons, one), paid(lessons, one.limit)
    held = next(wait for wait in lessons.verdict.waits.by_limit if wait.limit == one.limit)
    evidence = (*paid_evidence(lessons, one.limit), *top.evidence)
    why_not = ""
    if held.task_instances + held.dag_runs < ENOUGH_HELD:
        seen = plural(held.task_instances + held.dag_runs, "time")
        why_not = f"it {cost}, but held only {seen}: an incident so far, not a pattern"
    elif now != one.size:
        why_not = f"it {cost} at {one.size} slots, and has {now} now: that is not measured yet"
    elif top.slots <= one.size:
        why_not = f"it {cost}, but {top.why}"
    if why_not:
        return Abstention(one.limit, str(now), origin, why_not, evidence)
    size = one.smallest(LEFT_SHARE, top.slots)
    gain = spared(lessons, one.limit, size)
    return Recommendation(
        option=one.limit,
        current=str(one.size),
        current_origin=origin,
        proposed=str(size),
        reason=f"it {cost}; {gain.text}",
        risk=Risk(_RISKS[kind].format(size=size, seen=one.size)),
        confidence=confidence(lessons),
        binds_next=_next(plan, size),
        evidence=(*evidence, *gain.evidence, _chosen(one, size, top)),
        basis=basis(lessons),
        how=_how(kind, name, size),
    )


def _now(plan: Plan, lessons: Lessons, one: Wanted) -> tuple[Origin, int]:
    """Return the size that is set now and where it was read: a pool's may have changed since."""
    pool = plan.installation.pools.get(one.limit.removeprefix(POOL_PREFIX))
    if one.limit.startswith(POOL_PREFIX) and pool is not None:
        return pool.origin, pool.value
    return Origin(OriginKind.MEASURED, lessons.verdict.source), one.size


def _ceiling(plan: Plan, lessons: Lessons, one: Wanted) -> Ceiling:
    """Return the least of: twice today's size, the slots of the hosts, what the pool's contention bears."""
    found = [Ceiling(STEP * one.size, "", ())]
    runs = one.limit.startswith(f"{RUNS}:")
    if plan.slots is not None and not runs:
        evidence = Evidence("slots of all hosts", str(plan.slots), computed("as planned"))
        why = f"all hosts together bear {plural(plan.slots, 'slot')}: more in it would only wait elsewhere"
        found.append(Ceiling(plan.slots, why, (evidence,)))
    for fit in lessons.verdict.contention:
        if fit.where == one.limit and math.isfinite(fit.best):
            evidence = Evidence(
                "most at once before throughput falls",
                f"{fit.best:.0f}",
                origin_of(lessons),
                f"√((1 - {fit.sigma:.3f}) / {fit.kappa:.4f})",
            )
            why = f"throughput in it falls beyond {fit.best:.0f} at a time: make its tasks lighter instead"
            found.append(Ceiling(max(1, math.floor(fit.best)), why, (evidence,)))
    least = min(found, key=lambda top: top.slots)
    return Ceiling(least.slots, least.why, tuple(part for top in found for part in top.evidence))


def _chosen(one: Wanted, size: int, top: Ceiling) -> Evidence:
    return Evidence(
        "size",
        str(size),
        computed("least that leaves a tenth of the waiting, at most twice today's and what the hosts bear"),
        f"min({top.slots}, least size above {one.size} with {LEFT_SHARE:.0%} left)",
    )


def _next(plan: Plan, size: int) -> str:
    if plan.parallelism is not None and plan.handed_out is not None and plan.handed_out > size:
        return f"parallelism at {plan.handed_out}"
    return "parallelism and the slots of the hosts"


def _how(kind: str, name: str, size: int) -> str:
    """Return how the limit is set, where that is neither a setting nor a pool."""
    if kind in (TASK, TASK_RUN):
        return f"in the code of task {name}: {kind}={size}"
    if kind in (TASKS, RUNS):
        return f"in the code of DAG {name}: {kind}={size}"
    return ""


_RISKS = {
    "pool": "what the pool protects sees up to {size} at a time, and has never seen more than {seen}",
    TASKS: "the DAG takes up to {size} slots that others then wait for; it has never had more than {seen}",
    TASK: "whoever wrote the limit may have meant it: up to {size} of the task run at a time, not {seen}",
    TASK_RUN: "whoever wrote the limit may have meant it: {size} of the task run in a DAG run, not {seen}",
    RUNS: "up to {size} runs of the DAG overlap, not {seen}: its tasks must not rely on the run before",
}
