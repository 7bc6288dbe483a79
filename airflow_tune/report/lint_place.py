"""Where something is, as reports name it: relative to where the command ran."""

from __future__ import annotations

import os.path

from airflow_tune.findings import Finding
from airflow_tune.lint.violation import Violation


def path_of(finding: Finding, base: str) -> str:
    """Return a file relative to the folder `base`, with forward slashes; whole where it is outside."""
    return beneath(finding.origin.where if finding.origin else "", base)


def beneath(where: str, base: str) -> str:
    """Return a path relative to the folder `base`, with forward slashes; whole where it is outside."""
    if base and where.startswith(base.rstrip(os.sep) + os.sep):
        where = where[len(base.rstrip(os.sep)) + 1 :]
    return where.replace(os.sep, "/")


def spot(finding: Violation, base: str) -> str:
    """Return file, line and column, as compilers write them and editors open them."""
    column = f":{finding.span.column}" if finding.span else ""
    return f"{path_of(finding, base)}:{line_of(finding)}{column}"


def line_of(finding: Finding) -> int:
    """Return the finding's line, 1 where it has none."""
    return (finding.origin.line if finding.origin else None) or 1
