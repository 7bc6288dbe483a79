"""Findings as GitHub Actions shows them beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_tune.findings import Severity
from airflow_tune.lint.violation import Violation
from airflow_tune.report.lint_place import line_of, path_of
from airflow_tune.secrets import redact

LEVEL = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.INFO: "notice"}


def lint_github(findings: Sequence[Violation], base: str) -> str:
    """Return one workflow command for each finding; paths are relative to the folder `base`.

    Source: "Workflow commands for GitHub Actions", with the escapes of its toolkit's command.ts. Columns are
    shown within one line only.
    """
    return "".join(f"{command(one, base)}\n" for one in findings)


def command(one: Violation, base: str) -> str:
    """Return the workflow command of one finding."""
    properties = {
        "title": f"{one.code} {one.name}",
        "file": path_of(one, base),
        "line": str(line_of(one)),
    }
    if one.span:
        properties |= {"endLine": str(one.span.end_line), "col": str(one.span.column)}
    if one.span and one.span.end_line == line_of(one):
        properties["endColumn"] = str(one.span.end_column)
    shown = ",".join(f"{key}={property_text(value)}" for key, value in properties.items())
    return f"::{LEVEL[one.severity]} {shown}::{escaped(f'{redact(one.message)}. {one.advice}')}"


def escaped(text: str) -> str:
    """Return a message as a command may hold it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_text(text: str) -> str:
    """Return a property's value as a command may hold it."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
