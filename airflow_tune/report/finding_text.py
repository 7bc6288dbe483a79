"""Findings as text: the gravest first, each with its advice and where it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from airflow_tune.findings import Finding, Severity
from airflow_tune.report.page import Page
from airflow_tune.report.summary import place

if TYPE_CHECKING:
    from airflow_tune.installation.model import Installation

STYLE = {Severity.ERROR: "bold red", Severity.WARN: "yellow", Severity.INFO: "cyan"}


def write_findings(page: Page, installation: Installation, findings: Sequence[Finding]) -> None:
    """Write one block for each finding."""
    for finding in findings:
        write_finding(page, installation, finding)


def write_finding(page: Page, installation: Installation, finding: Finding, *, price: str = "") -> None:
    """Write one block: what was found, with its `price` if it has one, the advice and the place."""
    page.line(
        f"{finding.severity.value:<5} {finding.code} {finding.name} ({finding.layer.value}){price}",
        style=STYLE[finding.severity],
        indent=2,
    )
    page.labelled("", finding.message, indent=2)
    page.labelled("do", finding.advice, indent=2)
    page.labelled("seen", place(installation, finding.origin) if finding.origin else "", indent=2)


def count_by_severity(findings: Sequence[Finding]) -> str:
    """Return such as "1 error, 2 warn", or "none"."""
    counts = [
        (sum(one.severity is severity for one in findings), severity) for severity in reversed(Severity)
    ]
    return ", ".join(f"{count} {severity.value}" for count, severity in counts if count) or "none"
