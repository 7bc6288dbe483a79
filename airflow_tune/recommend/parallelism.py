"""core.parallelism and core.executor: how many task instances each scheduler may hand out."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.capacity import Capacity
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Advice, Confidence, Evidence, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.cost import Spared, bound
from airflow_tune.recommend.measured import slots_set
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose
from airflow_tune.recommend.proven import load, said
from airflow_tune.units import format_bytes, plural

EXECUTOR = ("core", "executor")
PARALLELISM = ("core", "parallelism")
LIMIT = "parallelism"


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose the parallelism that keeps every slot busy and no host overloaded."""
    installation = plan.installation
    if installation.runs(ExecutorKind.SEQUENTIAL):
        yield _executor(plan)
        yield leave(
            installation, PARALLELISM, "SequentialExecutor runs one task at a time, whatever parallelism says"
        )
        return
    parallelism = plan.parallelism
    if parallelism is None:
        yield leave(installation, PARALLELISM, _unknown(plan))
        return
    idle = _never_bound(plan)
    if idle:
        yield leave(installation, PARALLELISM, idle)
        return
    # What is in flight beyond the slots does not run.
    was = Spared("", ())
    if plan.lessons is not None and plan.lessons.machinery.slots == slots_set(installation):
        was = bound(plan, LIMIT, min(parallelism * plan.schedulers, plan.running))
    yield propose(
        installation,
        PARALLELISM,
        parallelism,
        reason=f"{was.text}{_reason(plan)}",
        risk=_risk(plan),
        confidence=plan.slot_confidence,
        basis=plan.slot_basis,
        evidence=(
            *was.evidence,
            *(part for one in plan.capacities for part in one.evidence),
            *plan.evidence,
            Evidence("schedulers", str(plan.schedulers), installation.deployment.schedulers.count.origin),
            Evidence(
                "parallelism",
                str(parallelism),
                computed("(slots + in flight) / schedulers"),
                f"⌈({plan.slots} + {plan.in_flight}) / {plan.schedulers}⌉",
            ),
        ),
    )


def _never_bound(plan: Plan) -> str:
    """Return why a larger parallelism would bring nothing, where the past shows that; else nothing.

    With Celery it follows the workers' slots all the same: below them they would idle by design.
    """
    now = plan.installation.settings.integer(*PARALLELISM) or 0
    if plan.lessons is None or plan.of(ExecutorKind.CELERY) or not plan.parallelism:
        return ""
    usage = next((one for one in plan.lessons.verdict.concurrency if one.limit == LIMIT), None)
    if usage is None or not usage.never_binds or not 0 < now < plan.parallelism:
        return ""
    if usage.size != now * plan.schedulers or not plan.lessons.whole_week:
        return ""
    return f"it never bound: {usage.peak} of {usage.size} slots were in use at the most"


def _executor(plan: Plan) -> Advice:
    if plan.installation.uses_sqlite:
        return leave(
            plan.installation,
            EXECUTOR,
            "SQLite allows no other executor in 2.x; move the metadata DB to PostgreSQL first",
        )
    return propose(
        plan.installation,
        EXECUTOR,
        ExecutorKind.LOCAL.value,
        reason="SequentialExecutor runs one task at a time; the metadata DB here allows LocalExecutor",
        risk=Risk("tasks then run side by side: those that must not need a pool of one slot"),
        confidence=Confidence.HIGH,
        evidence=(),
        binds_next="core.parallelism",
    )


def _unknown(plan: Plan) -> str:
    if plan.installation.runs(ExecutorKind.KUBERNETES):
        return "nothing says how large the cluster is: describe its node pools with --deployment"
    names = ", ".join(executor.name for executor in plan.installation.executors)
    return f"nothing is known of the hosts of {names}: describe them with --deployment"


def describe(found: Capacity) -> str:
    """Return in words what one kind of host bears and why."""
    if found.proof is not None and found.binds == "CPU":
        return said(found, found.proof)
    other = "CPU" if found.binds == "memory" else "memory"
    slots, more = sorted((found.memory_slots, found.cpu_slots))
    each = (
        f"{format_bytes(found.demand.each(found.slots))} each"
        if found.binds == "memory"
        else f"{found.demand.cores:.2f} cores each"
    )
    if slots == 0:
        return (
            f"{found.host.label} has too little {found.binds} for even one task of {each}; one is the least"
        )
    bears = f"{found.binds} lets {found.host.label} run {plural(slots, 'task')} of {each}"
    return f"{bears} ({other} would allow {more})"


def _reason(plan: Plan) -> str:
    said = "; ".join(describe(one) for one in plan.capacities)
    if plan.in_flight:
        hosts = " + ".join(f"{one.host.count.value} × {one.slots}" for one in plan.capacities)
        said = f"{hosts} slots, and {plan.in_flight} in flight between two scheduler loops"
    if plan.schedulers > 1:
        said += f", shared by {plan.schedulers} schedulers (parallelism counts for each)"
    return said


def _risk(plan: Plan) -> Risk:
    tightest = max(plan.capacities, key=lambda one: one.memory_share(one.slots))
    planned, left = load(tightest)
    now = plan.installation.settings.integer("core", "parallelism") or 0
    lower = plan.parallelism is not None and 0 < plan.parallelism < now
    text = "bursts wait longer than before" if lower else "more tasks at once reach databases and APIs"
    if plan.of(ExecutorKind.LOCAL) and not plan.installation.version.local_executor_bounds_queued:
        text += (
            "; LocalExecutor of this version takes every ready task into a FIFO where priorities no"
            " longer count, so only pools and max_active_tasks hold any back"
        )
    local = plan.of(ExecutorKind.LOCAL)
    if local and len(plan.capacities) > 1:
        text += (
            "; each executor may take all of it, so hold LocalExecutor's tasks in a pool of"
            f" {plural(local[0].slots, 'slot')}"
        )
    return Risk(
        f"{text}; at the peak {tightest.host.label} is planned to use {planned}",
        headroom_share=left,
    )
