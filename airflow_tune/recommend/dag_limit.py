"""core.max_active_tasks_per_dag and core.max_active_runs_per_dag: what one DAG may take."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from airflow_tune.findings import Advice, Confidence, Evidence, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.measured import origin_of
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose
from airflow_tune.units import format_share, plural

if TYPE_CHECKING:
    from airflow_tune.diagnose.past.concurrency import Usage

TASKS = ("core", "max_active_tasks_per_dag")
RUNS = ("core", "max_active_runs_per_dag")
# A share of these is one slot or all of them.
FEW_SLOTS = 2
# Where these are read: the value is stored with each DAG when its file is parsed.
PARSE_TIME = "set it where the DAG processor runs; it counts from the next parse of each file"


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose the share of the slots that one DAG may take, and its active runs."""
    yield _tasks(plan)
    yield _runs(plan)


def _tasks(plan: Plan) -> Advice:
    if plan.slots is None:
        return leave(plan.installation, TASKS, "it is a share of the slots, and those are unknown here")
    if plan.slots <= FEW_SLOTS:
        return leave(
            plan.installation, TASKS, f"{plural(plan.slots, 'slot')} cannot be shared out any further"
        )
    share = plan.installation.profile.limits.dag_share
    value = max(1, math.ceil(plan.slots * share.value))
    busiest = _busiest(plan)
    if busiest is not None and value < busiest.peak:
        name = busiest.limit.partition(":")[2]
        why = f"{name} alone had {busiest.peak} at once: {value} of {plan.slots} slots would hold it back"
        return leave(plan.installation, TASKS, why, _at_once(plan, busiest.limit, busiest.peak))
    per_run = plan.installation.version.limits_active_tasks_per_run
    runs = int(plan.installation.profile.limits.active_runs.value)
    hold = min(plan.slots, value * runs)
    risk = (
        f"it counts per DAG run in this version: {runs} active runs of one DAG may hold {hold} of"
        f" {plan.slots} slots; {PARSE_TIME}"
        if per_run
        else f"a DAG with more parallel tasks than {value} takes longer when it runs alone; {PARSE_TIME}"
    )
    return propose(
        plan.installation,
        TASKS,
        value,
        reason=f"one DAG {'run ' if per_run else ''}may take {format_share(share.value)}"
        f" of {plan.slots} slots, so that another can always start",
        risk=Risk(risk, headroom_share=1 - value / plan.slots),
        confidence=plan.confidence,
        evidence=(
            *plan.evidence,
            Evidence("share of one DAG", format_share(share.value), share.origin),
            Evidence(
                "tasks of one DAG", str(value), computed("slots × share"), f"⌈{plan.slots} × {share.value:g}⌉"
            ),
        ),
    )


def _busiest(plan: Plan) -> Usage | None:
    """Return the DAG that had most task instances queued or running at once, where a history was read."""
    usages = plan.lessons.verdict.concurrency if plan.lessons else ()
    own = [one for one in usages if one.limit.startswith("max_active_tasks:")]
    return max(own, key=lambda one: one.peak, default=None)


def _at_once(plan: Plan, what: str, peak: int) -> tuple[Evidence, ...]:
    origin = origin_of(plan.lessons) if plan.lessons else computed("no history")
    return (Evidence(f"most at once, of {what}", str(peak), origin),)


def _runs(plan: Plan) -> Advice:
    runs = plan.installation.profile.limits.active_runs
    lessons = plan.lessons
    if lessons is not None:
        # Where it did make runs wait, the limit of that DAG is advised on.
        why = f"at most {plural(lessons.runs_peak, 'run')} of one DAG were active at once"
        return leave(plan.installation, RUNS, why, _at_once(plan, "the runs of one DAG", lessons.runs_peak))
    return propose(
        plan.installation,
        RUNS,
        int(runs.value),
        reason=f"more than {runs.value:g} runs of one DAG at once only share the slots it may take,"
        " and a catch-up floods the others",
        risk=Risk(f"catch-up and backfill of one DAG take longer; {PARSE_TIME}"),
        confidence=Confidence.LOW,
        evidence=(Evidence("active runs of one DAG", f"{runs.value:g}", runs.origin),),
        binds_next=".".join(TASKS),
    )
