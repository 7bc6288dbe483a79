"""AFC11: more deferred task instances at once than the triggerers may hold."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.diagnose.consistency.rule import Rule, setting_evidence
from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.installation.model import Installation
from airflow_tune.measured import Measured

RULE = Rule("AFC11", "triggerer-capacity", Layer.FRAMEWORK)

# Judgement: above this share the loss of one trigger slot more is a wait for somebody.
NEAR = 0.8


def triggerer_count(installation: Installation) -> Measured[int]:
    """Return how many triggerers run; 0 where the deployment has none."""
    found = installation.deployment.triggerers
    return found.count if found else Measured(0, installation.deployment.origin)


def check(installation: Installation) -> Iterator[Finding]:
    """Compare the profile's peak of deferred task instances with capacity × triggerers."""
    section, option = installation.version.triggerer_capacity_option
    each = installation.settings.integer(section, option) or 0
    peak = installation.profile.triggers.deferred_peak
    triggerers = triggerer_count(installation)
    capacity = each * triggerers.value
    if peak.value <= capacity * NEAR or peak.value == 0:
        return
    yield RULE.finding(
        Severity.ERROR if peak.value > capacity else Severity.WARN,
        f"{peak.value:g} deferred task instances are expected at the peak,"
        f" {triggerers.value} triggerer(s) hold {capacity}",
        advice=f"raise {section}.{option}, or run more triggerers",
        evidence=(
            Evidence("deferred at the peak", f"{peak.value:g}", peak.origin),
            setting_evidence(installation, section, option),
            Evidence("triggerers", str(triggerers.value), triggerers.origin),
        ),
        origin=installation.settings.get(section, option).origin,
    )
