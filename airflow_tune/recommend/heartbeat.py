"""[workers] min_heartbeat_interval (3.x): how long a slot stays taken after its task's end."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.diagnose.slottail import HEARTBEAT, heartbeat_s, slot_tail_s
from airflow_tune.diagnose.waits.machinery import HEARTBEAT_S
from airflow_tune.findings import Advice, Evidence, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose
from airflow_tune.units import format_duration, format_share

# Whole seconds, as the option is an integer; 0 would be a busy loop.
LEAST_S = 1
# The share of the API server's cores that heartbeats may take; it serves starts, ends and people as well.
# Judgement.
API_SHARE_MAX = 0.1


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose the interval where a slot's tail is a large part of a short task; 2.x has no such option."""
    if plan.installation.version.api_serves_tasks:
        yield _interval(plan)


def _interval(plan: Plan) -> Advice:
    """Let the tail, which grows with the interval, cost no more than a set share of a task."""
    installation = plan.installation
    duration, share = installation.profile.typical_duration_s(), installation.profile.scheduling.hop_share_max
    current, tail = heartbeat_s(installation.settings), slot_tail_s(installation).value
    held = installation.footprint.slot_tail_s.value / HEARTBEAT_S
    value = max(_least(plan), min(int(HEARTBEAT_S), math.floor(share.value * duration / held)))
    formula = f"max({_least(plan)}, min({HEARTBEAT_S:g}, ⌊{share.value:g} × {duration:.3g} / {held:.2g}⌋))"
    found = computed("share × duration / tail per second of interval, at most Airflow's default")
    evidence = (*_evidence(plan), Evidence("interval", f"{value} s", found, formula))
    if current <= value:
        return leave(installation, HEARTBEAT, _fits(plan, tail / duration), evidence)
    return propose(
        installation,
        HEARTBEAT,
        value,
        reason=f"about a third of all task instances hold their slot {current:g} s after they have ended:"
        f" {tail:.2g} s on average, {format_share(tail / duration)} of what a typical one runs",
        risk=_risk(plan, current, value),
        confidence=plan.confidence,
        evidence=evidence,
        binds_next="API server",
    )


def _fits(plan: Plan, part: float) -> str:
    """Return why the interval stays: the slots lose little, or the API servers bear no more."""
    current = heartbeat_s(plan.installation.settings)
    tail = f"a slot is held on average for {part:.1%} of a typical task after its end"
    if current <= HEARTBEAT_S and _least(plan) >= current > LEAST_S:
        return f"{tail}, but the API servers bear no more heartbeats"
    return tail


def _risk(plan: Plan, current: float, value: float) -> Risk:
    before, after = plan.running / current, plan.running / value
    return Risk(
        f"{after:.3g} instead of {before:.3g} heartbeats a second reach the API server and the metadata DB"
        " when all slots are busy",
        headroom_share=max(0.0, 1 - _load_s(plan) / value / _api_cores(plan)),
    )


def _evidence(plan: Plan) -> tuple[Evidence, ...]:
    """Return what the interval follows from."""
    installation = plan.installation
    profile, tail = installation.profile, slot_tail_s(installation)
    current, share = heartbeat_s(installation.settings), profile.scheduling.hop_share_max
    return (
        Evidence("typical task", format_duration(profile.typical_duration_s()), profile.origin),
        Evidence(
            "slot held after the end",
            f"{tail.value:.2g} s",
            tail.origin,
            f"{installation.footprint.slot_tail_s.value / HEARTBEAT_S:.2g} × {current:g} s",
        ),
        Evidence("share that this may cost", format_share(share.value), share.origin),
        Evidence(
            "least for the API server",
            f"{_least(plan)} s",
            computed("tasks × CPU of a heartbeat / share / cores"),
            f"⌈{_load_s(plan):.3g} s / {API_SHARE_MAX:g} / {_api_cores(plan):g}⌉",
        ),
    )


def _least(plan: Plan) -> int:
    """Return the shortest interval, in whole seconds, that the API servers bear."""
    return max(LEAST_S, math.ceil(_load_s(plan) / API_SHARE_MAX / _api_cores(plan)))


def _load_s(plan: Plan) -> float:
    """Return the CPU seconds that one heartbeat of every running task takes of the API servers."""
    return plan.running * plan.installation.footprint.api_cpu_s_per_heartbeat.value


def _api_cores(plan: Plan) -> float:
    """Return the cores of all API servers; those of one where the deployment does not describe any."""
    servers = plan.installation.deployment.api_servers
    return servers.count.value * servers.cores.value if servers else 1.0
