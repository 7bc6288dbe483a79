"""The report of `lint`, as text and as JSON (`airflow-tune/lint/1`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from airflow_tune import __version__
from airflow_tune.findings import Finding
from airflow_tune.lint.edit import Edit
from airflow_tune.lint.violation import Span, Violation
from airflow_tune.report.finding_text import STYLE, count_by_severity
from airflow_tune.report.jsonable import Json, finding_json
from airflow_tune.report.lint_place import spot
from airflow_tune.report.page import Page
from airflow_tune.secrets import redact
from airflow_tune.units import plural

SCHEMA = "airflow-tune/lint/1"


@dataclass(frozen=True, slots=True)
class Linted:
    """What lint found: findings in order of files and lines, how many files were read, and notes.

    `base` is the folder that paths are shown from; `known` counts what a baseline left out, `gone` what
    it holds in vain.
    """

    findings: Sequence[Violation]
    files: int
    notes: Sequence[str] = ()
    base: str = ""
    known: int = 0
    gone: int = 0


def lint_text(linted: Linted, *, statistics: bool, width: int, colour: bool) -> str:
    """Return one line for each finding, what to do instead below it, and a count at the end."""
    page = Page(width=width, colour=colour)
    for one in linted.findings:
        page.line(
            f"{spot(one, linted.base)}: {one.code} {one.name} ({one.severity.value}): {redact(one.message)}",
            style=STYLE[one.severity],
            hang=4,
        )
        page.labelled("do", one.advice)
    for note in linted.notes:
        page.labelled("note", redact(note), indent=0)
    if statistics and linted.findings:
        page.heading("How often each rule fired")
        page.table([(str(count), code, name) for code, name, count in counts(linted.findings)])
    page.heading(f"Findings: {count_by_severity(linted.findings)} in {plural(linted.files, 'file')}")
    for line in (mendable(linted.findings), compared(linted)):
        if line:
            page.line(line)
    return page.text()


def mendable(findings: Sequence[Violation]) -> str:
    """Return how many findings can be mended by which flags, "" for none."""
    fixes = [one.fix for one in findings if one.fix is not None]
    safe = sum(fix.safe for fix in fixes)
    parts = [f"{safe} with --fix"] if safe else []
    if len(fixes) > safe:
        parts.append(f"{len(fixes) - safe}{' more' if safe else ''} with --fix --unsafe-fixes")
    return f"Can be mended: {', '.join(parts)}" if parts else ""


def compared(linted: Linted) -> str:
    """Return what a baseline did, "" where it did nothing."""
    known = f"{linted.known} known findings are in the baseline" if linted.known else ""
    gone = f"{linted.gone} that it holds are gone: --update-baseline" if linted.gone else ""
    return "; ".join(part for part in (known, gone) if part)


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
        "findings": [violation_json(one) for one in linted.findings],
        "statistics": [
            {"code": code, "name": name, "count": count} for code, name, count in counts(linted.findings)
        ],
        "baseline": {"known": linted.known, "gone": linted.gone},
        "notes": [redact(note) for note in linted.notes],
    }


def violation_json(one: Violation) -> Json:
    """Return one finding, with columns from 1 (null: unknown), fingerprint and the edits that mend it."""
    fix = one.fix and {"safe": one.fix.safe, "edits": [edit_json(edit) for edit in one.fix.edits]}
    return {
        **finding_json(one),
        "message": redact(one.message),
        **(one.span._asdict() if one.span else dict.fromkeys(Span._fields)),
        "fingerprint": one.fingerprint,
        "fix": fix,
    }


def edit_json(edit: Edit) -> Json:
    """Return one edit: lines from 1, columns in bytes of UTF-8 from 0."""
    return {
        "line": edit.line,
        "column": edit.column,
        "end_line": edit.end_line,
        "end_column": edit.end_column,
        "text": edit.text,
    }
