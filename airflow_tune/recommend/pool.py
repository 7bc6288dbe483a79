"""Pools: default_pool, and one for each kind of work that shares something scarce."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.findings import POOL_PREFIX, Abstention, Advice, Confidence, Evidence, Recommendation, Risk
from airflow_tune.installation.model import DEFAULT_POOL
from airflow_tune.origins import Origin, OriginKind, computed
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import same
from airflow_tune.units import format_share

# The profile's task classes that get a pool of their own, and the pool's name.
TYPED = {"cpu": "cpu_pool", "io": "io_pool", "database": "db_pool", "api": "api_pool"}


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose slots for default_pool and for the typed pools."""
    yield _default(plan)
    for kind, name in TYPED.items():
        # What the past shows of a pool counts more than how many slots such a pool usually gets.
        if plan.lessons is None or name not in plan.lessons.pools:
            yield _typed(plan, kind, name)


def _default(plan: Plan) -> Advice:
    pool, option = plan.installation.default_pool, f"{POOL_PREFIX}{DEFAULT_POOL}"
    wanted = plan.handed_out
    if wanted is None:
        return Abstention(option, str(pool.value), pool.origin, "the slots of the fleet are unknown here")
    evidence = (*plan.evidence, Evidence("slots in the pool", str(pool.value), pool.origin))
    if pool.value < 0 or pool.value >= wanted:
        return Abstention(
            option,
            str(pool.value),
            pool.origin,
            f"it never binds: {wanted} task instances at the most, "
            f"{'infinite' if pool.value < 0 else pool.value} slots",
            evidence,
        )
    return Recommendation(
        option=option,
        current=str(pool.value),
        current_origin=pool.origin,
        proposed=str(wanted),
        reason=f"tasks that name no pool stop at {pool.value} although the hosts bear {plan.slots}",
        risk=Risk("none beyond that of parallelism: the pool then limits nothing"),
        confidence=Confidence.HIGH,
        binds_next="",
        evidence=evidence,
    )


def _typed(plan: Plan, kind: str, name: str) -> Advice:
    """Give base slots for each so many cores (the guide's optimal_pool_size), at most all slots."""
    pool = plan.installation.pools.get(name)
    profile = plan.installation.profile
    work = profile.task_class(kind)
    current = None if pool is None else str(pool.value)
    origin = pool.origin if pool else Origin(OriginKind.ASSUMED, "no such pool was read")
    if not _told(plan, kind):
        why = f"no operator's name in the history tells of {kind} work: which tasks are is not known"
        return Abstention(f"{POOL_PREFIX}{name}", current, origin, why)
    if plan.slots is None or work.share.value == 0:
        why = (
            "the slots of the fleet are unknown here"
            if plan.slots is None
            else (f"the profile expects no {kind} tasks")
        )
        return Abstention(f"{POOL_PREFIX}{name}", current, origin, why)
    base, per = profile.pools.base[kind], profile.pools.per_cores
    value = max(1, min(plan.slots, round(base.value * plan.cores / per.value)))
    evidence = (
        Evidence(f"base slots for {kind} work", f"{base.value:g}", base.origin),
        Evidence("for each so many cores", f"{per.value:g}", per.origin),
        Evidence(
            "slots",
            str(value),
            computed("base × cores / per cores, at most all slots"),
            f"min({plan.slots}, {base.value:g} × {plan.cores:g} / {per.value:g})",
        ),
    )
    if current is None and value >= plan.slots:
        reason = f"it would hold all {plan.slots} slots, and so limit nothing"
        return Abstention(f"{POOL_PREFIX}{name}", current, origin, reason, evidence)
    if same(current, str(value)):
        return Abstention(
            f"{POOL_PREFIX}{name}", current, origin, f"{current} fits {plan.cores:g} cores", evidence
        )
    return Recommendation(
        option=f"{POOL_PREFIX}{name}",
        current=current,
        current_origin=origin,
        proposed=str(value),
        reason=_REASONS[kind].format(share=format_share(work.share.value)),
        risk=Risk(
            "it limits nothing until tasks name it; tasks in it leave default_pool",
            headroom_share=1 - value / plan.slots,
        ),
        confidence=Confidence.LOW,
        binds_next=f"{POOL_PREFIX}{DEFAULT_POOL} for all other tasks",
        evidence=evidence,
    )


def _told(plan: Plan, kind: str) -> bool:
    """Return whether there are such tasks: as the past tells them, or as the profile expects them."""
    lessons = plan.lessons
    return lessons is None or not lessons.enough_tries or any(one.kind == kind for one in lessons.mix)


_REASONS = {
    "cpu": "{share} of the tasks are CPU-bound: more at once than cores only slow each other",
    "io": "{share} of the tasks move files: they overlap well, until the disks are busy",
    "database": "{share} of the tasks work in a database that serves only so many sessions well",
    "api": "{share} of the tasks call an API: the pool keeps them under its rate limit",
}
