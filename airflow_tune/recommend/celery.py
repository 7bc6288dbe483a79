"""[celery] worker_concurrency, autoscale, prefetch: how many tasks a worker takes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.diagnose.capacity import Capacity
from airflow_tune.diagnose.ladder import WORKER_SLOTS
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Advice, Confidence, Evidence, Recommendation, Risk
from airflow_tune.recommend.cost import bound
from airflow_tune.recommend.parallelism import describe
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose, same
from airflow_tune.recommend.proven import load
from airflow_tune.units import format_duration

CONCURRENCY = ("celery", "worker_concurrency")
AUTOSCALE = ("celery", "worker_autoscale")
PREFETCH = ("celery", "worker_prefetch_multiplier")
SYNC = ("celery", "sync_parallelism")


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose what each Celery worker runs at once; nothing where no Celery executor is used."""
    if not plan.installation.runs(ExecutorKind.CELERY):
        return
    groups = plan.of(ExecutorKind.CELERY)
    if not groups:
        yield leave(plan.installation, CONCURRENCY, "no worker group of the deployment serves Celery")
    elif plan.installation.settings.get(*AUTOSCALE).value:
        yield leave(plan.installation, CONCURRENCY, "Celery ignores it while worker_autoscale is set")
        yield _autoscale(plan, min(groups, key=lambda one: one.slots))
    else:
        yield from _concurrency(plan, groups)
    yield _prefetch(plan)
    yield _sync(plan)


def _concurrency(plan: Plan, groups: tuple[Capacity, ...]) -> Iterator[Advice]:
    """Propose the smallest group's slots for the file, and the others' for their own environment."""
    smallest = min(groups, key=lambda one: one.slots)
    was = bound(plan, WORKER_SLOTS, sum(group.fleet_slots for group in groups))
    yield propose(
        plan.installation,
        CONCURRENCY,
        smallest.slots,
        reason=f"{was.text}{describe(smallest)}",
        risk=_risk(smallest),
        confidence=plan.slot_confidence,
        basis=plan.slot_basis,
        evidence=(*was.evidence, *smallest.evidence),
    )
    for group in groups:
        if group.slots != smallest.slots:
            yield from _of_group(plan, group)


def _of_group(plan: Plan, group: Capacity) -> Iterator[Advice]:
    setting = plan.installation.settings.get(*CONCURRENCY)
    now = group.host.configured_slots
    if now is None or same(str(now.value), str(group.slots)):
        return
    yield Recommendation(
        option=setting.name,
        current=str(now.value),
        current_origin=now.origin,
        proposed=str(group.slots),
        reason=describe(group),
        risk=_risk(group),
        confidence=plan.slot_confidence,
        basis=plan.slot_basis,
        binds_next="",
        evidence=group.evidence,
        scope=group.host.name,
    )


def _risk(group: Capacity) -> Risk:
    planned, left = load(group)
    return Risk(
        f"a worker is planned to use {planned}; tasks larger than the profile's are killed by the"
        " kernel first",
        headroom_share=left,
    )


def _autoscale(plan: Plan, group: Capacity) -> Advice:
    """Propose one number twice: with prefetch 1 the autoscaler would never leave the smaller one (AFC06)."""
    return propose(
        plan.installation,
        AUTOSCALE,
        f"{group.slots},{group.slots}",
        reason=f"{describe(group)}; a range would never scale up with prefetch 1",
        risk=_risk(group),
        confidence=plan.slot_confidence,
        basis=plan.slot_basis,
        evidence=group.evidence,
    )


def _prefetch(plan: Plan) -> Advice:
    """More than one reserved message a process parks tasks behind a long one while others idle."""
    duration = plan.installation.profile.typical_duration_s()
    return propose(
        plan.installation,
        PREFETCH,
        1,
        reason=f"a reserved task waits behind one of {format_duration(duration)} while others could run it",
        fits="no task waits in a worker's reservation while other workers are idle",
        risk=Risk("one round trip to the broker between two tasks"),
        confidence=Confidence.HIGH,
        evidence=(Evidence("typical task", format_duration(duration), plan.installation.profile.origin),),
        binds_next=".".join(CONCURRENCY),
    )


def _sync(plan: Plan) -> Advice:
    """0 means one process for each core of the machine less one, which a container may not own.

    Read in the celery provider, `executors/celery_executor.py` (`cpu_count() - 1`).
    """
    host, deployment = plan.installation.host, plan.installation.deployment
    processes = plan.installation.settings.integer(*SYNC)
    if processes != 0 or not deployment.assumed or host.machine_cores.value <= math.ceil(host.cores.value):
        return leave(plan.installation, SYNC, "its processes fit the scheduler's cores")
    value = max(1, math.ceil(host.cores.value) - 1)
    return propose(
        plan.installation,
        SYNC,
        value,
        reason=f"0 starts {host.machine_cores.value - 1} sender processes, one for each core of the machine,"
        f" but only {host.cores.value:g} cores are granted",
        risk=Risk("a burst of hundreds of tasks is sent a little later"),
        confidence=Confidence.HIGH,
        evidence=(
            Evidence("cores of the machine", str(host.machine_cores.value), host.machine_cores.origin),
            Evidence("cores granted", f"{host.cores.value:g}", host.cores.origin),
        ),
        binds_next="cores of the scheduler",
    )
