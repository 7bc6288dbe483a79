"""Findings with their price, so that the dearest can stand first, and with what a page can link to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from airflow_tune.findings import Evidence, Finding, Layer, Severity
from airflow_tune.history.column import NAT
from airflow_tune.origins import computed


@dataclass(frozen=True, slots=True)
class About:
    """What a finding rests on: the `section` of the verdict, and the `subject` whose row it is there.

    `examples` name some task instances or DAG runs, the ones that cost most first; `begin` and `end` are
    the time in which it was seen (UTC, NaT where that is the whole history).
    """

    section: str
    subject: str = ""
    examples: tuple[str, ...] = ()
    begin: np.datetime64 = NAT
    end: np.datetime64 = NAT


@dataclass(frozen=True, slots=True)
class Priced:
    """A finding, how many seconds of the window at most it would save, and what it is about."""

    finding: Finding
    saved_s: float
    about: About


@dataclass(frozen=True, slots=True)
class Rule:
    """The code and name of what is looked for, the layer where it would be mended, and where it shows."""

    code: str
    name: str
    layer: Layer
    section: str = ""

    def found(
        self,
        message: str,
        advice: str,
        *,
        saved_s: float,
        shown: Iterable[tuple[str, str, str]] = (),
        about: About | None = None,
        severity: Severity | None = None,
    ) -> Priced:
        """Return the finding; `shown` are name, value and formula of its evidence.

        What saves nothing is for information, everything else a warning, unless `severity` says so.
        """
        evidence = tuple(Evidence(name, value, computed(how), how) for name, value, how in shown)
        grade = severity or (Severity.WARN if saved_s > 0 else Severity.INFO)
        finding = Finding(self.code, self.name, grade, self.layer, message, advice, evidence)
        return Priced(finding, saved_s, about or About(self.section))


def dearest_first(found: Iterable[Priced]) -> tuple[Priced, ...]:
    """Return `found` with the greatest saving first."""
    return tuple(sorted(found, key=lambda priced: -priced.saved_s))
