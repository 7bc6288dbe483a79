"""Triggers that one triggerer may hold."""

from __future__ import annotations

import math
from collections.abc import Iterator

from airflow_tune.diagnose.consistency.triggerer_capacity import NEAR, triggerer_count
from airflow_tune.findings import Advice, Evidence, Risk
from airflow_tune.origins import computed
from airflow_tune.recommend.plan import Plan
from airflow_tune.recommend.proposal import leave, propose


def advise(plan: Plan) -> Iterator[Advice]:
    """Propose a capacity that keeps the expected peak of deferred task instances below 80 %."""
    installation = plan.installation
    name = installation.version.triggerer_capacity_option
    peak, triggerers = installation.profile.triggers.deferred_peak, triggerer_count(installation)
    if triggerers.value == 0:
        yield leave(installation, name, "the deployment runs no triggerer")
        return
    current = installation.settings.integer(*name) or 0
    needed = math.ceil(peak.value / NEAR / triggerers.value)
    evidence = (
        Evidence("deferred at the peak", f"{peak.value:g}", peak.origin),
        Evidence("triggerers", str(triggerers.value), triggerers.origin),
        Evidence(
            "triggers each",
            str(needed),
            computed("peak / 80 % / triggerers"),
            f"⌈{peak.value:g} / {NEAR:g} / {triggerers.value}⌉",
        ),
    )
    if needed <= current:
        yield leave(
            installation,
            name,
            f"{peak.value:g} deferred task instances are expected at the peak; {current} fit",
            evidence,
        )
        return
    yield propose(
        installation,
        name,
        needed,
        reason=f"{peak.value:g} deferred task instances are expected at the peak of"
        f" {triggerers.value} triggerer(s)",
        risk=Risk(
            "all triggers share one event loop: a blocking one delays the others", headroom_share=1 - NEAR
        ),
        confidence=plan.confidence,
        evidence=evidence,
        binds_next="CPU of the triggerer",
    )
