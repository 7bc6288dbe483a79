"""Findings with their price, so that the dearest can stand first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.origins import computed


@dataclass(frozen=True, slots=True)
class Priced:
    """A finding, and how many seconds of the window at most it would save."""

    finding: Finding
    saved_s: float


@dataclass(frozen=True, slots=True)
class Rule:
    """The code and name of what is looked for, and the layer where it would be mended."""

    code: str
    name: str
    layer: Layer

    def found(
        self, message: str, advice: str, *, saved_s: float, shown: Iterable[tuple[str, str, str]] = ()
    ) -> Priced:
        """Return the finding; `shown` are name, value and formula of its evidence."""
        evidence = tuple(Evidence(name, value, computed(how), how) for name, value, how in shown)
        severity = Severity.WARN if saved_s > 0 else Severity.INFO
        finding = Finding(self.code, self.name, severity, self.layer, message, advice, evidence)
        return Priced(finding, saved_s)


def dearest_first(found: Iterable[Priced]) -> tuple[Priced, ...]:
    """Return `found` with the greatest saving first."""
    return tuple(sorted(found, key=lambda priced: -priced.saved_s))
