"""How every adviser speaks: propose a value, or leave the option alone and say why."""

from __future__ import annotations

from airflow_tune.findings import Abstention, Advice, Confidence, Evidence, Recommendation, Risk
from airflow_tune.installation.model import Installation
from airflow_tune.origins import OriginKind

# Below this share a change is noise (timescaledb-tune uses the same tolerance).
TOLERANCE_SHARE = 0.05


def propose(
    installation: Installation,
    name: tuple[str, str],
    value: float | str,
    *,
    reason: str,
    risk: Risk,
    confidence: Confidence,
    evidence: tuple[Evidence, ...],
    binds_next: str = "",
    fits: str = "",
    basis: str = "",
) -> Advice:
    """Return a recommendation of `value`, or an abstention where the current value is as good.

    `fits` says why, where the reason for a change would sound odd.
    """
    setting = installation.settings.get(*name)
    text = value if isinstance(value, str) else f"{value:g}"
    if same(setting.value, text):
        return Abstention(
            setting.name, setting.value, setting.origin, f"{setting.value} fits: {fits or reason}", evidence
        )
    return Recommendation(
        option=setting.name,
        current=setting.value,
        current_origin=setting.origin,
        proposed=text,
        reason=reason,
        risk=risk,
        confidence=confidence,
        binds_next=binds_next,
        evidence=evidence,
        basis=basis or _basis(installation, confidence),
    )


def _basis(installation: Installation, confidence: Confidence) -> str:
    """Return what medium confidence rests on where the past was measured."""
    origin = installation.profile.origin
    if confidence is Confidence.MEDIUM and origin.kind is OriginKind.MEASURED:
        return "rests on what your own task instances took; their memory is the profile's"
    return ""


def leave(
    installation: Installation, name: tuple[str, str], reason: str, evidence: tuple[Evidence, ...] = ()
) -> Abstention:
    """Return that the option is left alone, and why."""
    setting = installation.settings.get(*name)
    return Abstention(setting.name, setting.shown, setting.origin, reason, evidence)


def same(current: str | None, proposed: str) -> bool:
    """Return whether two values are equal, or numbers less than the tolerance apart."""
    if current is None:
        return False
    try:
        now, then = float(current), float(proposed)
    except ValueError:
        return current == proposed
    return abs(then - now) <= TOLERANCE_SHARE * abs(now)
