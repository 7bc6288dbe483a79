"""Findings as GitLab's code quality report, a subset of Code Climate's format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from airflow_tune.findings import Severity
from airflow_tune.lint.violation import Violation
from airflow_tune.report.jsonable import Json
from airflow_tune.report.lint_place import line_of, path_of
from airflow_tune.secrets import redact

LEVEL = {Severity.ERROR: "critical", Severity.WARN: "major", Severity.INFO: "info"}


def lint_gitlab(findings: Sequence[Violation], base: str) -> str:
    """Return a JSON list with one issue for each finding; paths are relative to the folder `base`.

    Source: GitLab's "Code Quality report format". A fingerprint stands once in a report, and stays the
    same while a finding moves within its file.
    """
    return json.dumps([issue(one, base) for one in findings], indent=2, ensure_ascii=False) + "\n"


def issue(one: Violation, base: str) -> Json:
    """Return one issue."""
    path = path_of(one, base)
    identity = f"{path}\0{one.code}\0{one.fingerprint or line_of(one)}"
    return {
        "description": f"{one.code} {one.name}: {redact(one.message)}",
        "check_name": one.code,
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
        "severity": LEVEL[one.severity],
        "location": {"path": path, "lines": {"begin": line_of(one)}},
    }
