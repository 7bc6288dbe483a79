"""What every consistency check has: a code, a name, and the layer it speaks of."""

from __future__ import annotations

from typing import NamedTuple

from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.installation.model import Installation
from airflow_tune.origins import Origin


class Rule(NamedTuple):
    """Code and name of one check, as they appear in every report."""

    code: str
    name: str
    layer: Layer

    def finding(
        self,
        severity: Severity,
        message: str,
        *,
        advice: str,
        evidence: tuple[Evidence, ...] = (),
        origin: Origin | None = None,
    ) -> Finding:
        """Return a finding of this check."""
        return Finding(self.code, self.name, severity, self.layer, message, advice, evidence, origin)


def setting_evidence(installation: Installation, section: str, option: str) -> Evidence:
    """Return the effective value of an option as evidence."""
    setting = installation.settings.get(section, option)
    return Evidence(setting.name, setting.shown, setting.origin)
