"""The report of `lint`, as text and as JSON (`airflow-tune/lint/1`, `airflow-tune/rule/1`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from airflow_tune import __version__
from airflow_tune.findings import Finding
from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.report.finding_text import STYLE, count_by_severity
from airflow_tune.report.jsonable import Json, finding_json
from airflow_tune.report.page import Page
from airflow_tune.secrets import redact

SCHEMA = "airflow-tune/lint/1"
RULE_SCHEMA = "airflow-tune/rule/1"


@dataclass(frozen=True, slots=True)
class Linted:
    """What lint found: findings in order of files and lines, how many files were read, and notes."""

    findings: Sequence[Finding]
    files: int
    notes: Sequence[str] = ()


def lint_text(linted: Linted, *, statistics: bool, width: int, colour: bool) -> str:
    """Return one line for each finding, what to do instead below it, and a count at the end."""
    page = Page(width=width, colour=colour)
    for one in linted.findings:
        page.line(
            f"{one.origin}: {one.code} {one.name} ({one.severity.value}): {redact(one.message)}",
            style=STYLE[one.severity],
            hang=4,
        )
        page.labelled("do", one.advice)
    for note in linted.notes:
        page.labelled("note", redact(note), indent=0)
    if statistics and linted.findings:
        page.heading("How often each rule fired")
        page.table([(str(count), code, name) for code, name, count in counts(linted.findings)])
    page.heading(f"Findings: {count_by_severity(linted.findings)} in {linted.files} files")
    return page.text()


def counts(findings: Sequence[Finding]) -> list[tuple[str, str, int]]:
    """Return (code, name, count) of each rule that fired, the most frequent first."""
    found = Counter((one.code, one.name) for one in findings)
    return [(*rule, count) for rule, count in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def lint_json(linted: Linted) -> Json:
    """Return the report for machines."""
    return {
        "schema": SCHEMA,
        "tool_version": __version__,
        "files": linted.files,
        "findings": [{**finding_json(one), "message": redact(one.message)} for one in linted.findings],
        "statistics": [
            {"code": code, "name": name, "count": count} for code, name, count in counts(linted.findings)
        ],
        "notes": [redact(note) for note in linted.notes],
    }


def rule_text(rule: Rule | ProjectRule, *, width: int, colour: bool) -> str:
    """Return what a rule looks for, why, and what to write instead."""
    page = Page(width=width, colour=colour)
    page.line(f"{rule.code} {rule.name} ({rule.severity.value})", style="bold")
    for label, text in _told(rule):
        page.labelled(label, text, indent=2, width=9)
    return page.text()


def _told(rule: Rule | ProjectRule) -> list[tuple[str, str]]:
    told = rule.explanation
    return [
        ("what", told.what),
        ("why", told.why),
        ("example", told.example),
        ("instead", told.instead),
        ("fix", told.fix),
        *(("source", source) for source in told.sources),
    ]


def rule_json(rule: Rule | ProjectRule) -> Json:
    """Return the same for machines."""
    told = rule.explanation
    return {
        "schema": RULE_SCHEMA,
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "what": told.what,
        "why": told.why,
        "example": told.example,
        "instead": told.instead,
        "fix": told.fix,
        "sources": list(told.sources),
    }
