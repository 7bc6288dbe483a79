"""Findings as SARIF 2.1.0, which code scanning services and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from urllib.parse import quote

from airflow_tune import __version__
from airflow_tune.findings import Severity
from airflow_tune.lint.edit import Edit
from airflow_tune.lint.project import ProjectRule
from airflow_tune.lint.rule import Rule
from airflow_tune.lint.violation import Violation
from airflow_tune.report.jsonable import Json
from airflow_tune.report.lint_place import line_of, path_of
from airflow_tune.report.rule_page import rule_markdown
from airflow_tune.secrets import redact

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVEL = {Severity.ERROR: "error", Severity.WARN: "warning", Severity.INFO: "note"}
ROOT = "ROOT"


def lint_sarif(
    findings: Sequence[Violation], base: str, rules: Iterable[Rule | ProjectRule], notes: Sequence[str]
) -> str:
    """Return a log of one run: rules that fired, results with fingerprints and fixes, notes.

    `base` is the folder that paths are relative to.
    """
    fired = {one.code for one in findings}
    known = [rule for rule in rules if rule.code in fired]
    index = {rule.code: number for number, rule in enumerate(known)}
    driver = {
        "name": "airflow-tune",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [descriptor(rule) for rule in known],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"uri": f"{PurePath(base).as_uri()}/"}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notifications(notes)}],
        "results": [result(one, base, index) for one in findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def notifications(notes: Sequence[str]) -> list[Json]:
    """Return what could not be judged."""
    return [{"level": "note", "message": {"text": redact(note)}} for note in notes]


def descriptor(rule: Rule | ProjectRule) -> Json:
    """Return what a rule is about."""
    told = rule.explanation
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": told.what},
        "fullDescription": {"text": f"{told.what} {told.why}"},
        "help": {"text": told.instead, "markdown": rule_markdown(rule)},
        "defaultConfiguration": {"level": LEVEL[rule.severity]},
    }


def result(one: Violation, base: str, index: dict[str, int]) -> Json:
    """Return one result."""
    found: Json = {
        "ruleId": one.code,
        "level": LEVEL[one.severity],
        "message": {"text": f"{redact(one.message)}. {one.advice}"},
        "locations": [{"physicalLocation": place(one, base)}],
    }
    if one.code in index:
        found["ruleIndex"] = index[one.code]
    if one.fingerprint:
        found["partialFingerprints"] = {"airflowTune/v1": one.fingerprint}
    if one.columns:
        found["fixes"] = [fix(one, base)]
    return found


def place(one: Violation, base: str) -> Json:
    """Return file, line and columns of a result."""
    region: Json = {"startLine": line_of(one)}
    if one.span:
        column, end_line, end_column = one.span
        region |= {"startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"artifactLocation": artifact(one, base), "region": region}


def artifact(one: Violation, base: str) -> Json:
    """Return a result's file: relative to the root where it is below it, else as a URI of its own."""
    path = path_of(one, base)
    if PurePath(path).is_absolute():
        return {"uri": PurePath(path).as_uri()}
    return {"uri": quote(path), "uriBaseId": ROOT}


def fix(one: Violation, base: str) -> Json:
    """Return the edits that mend a result."""
    edits = zip(one.fix.edits, one.columns, strict=True) if one.fix and one.columns else ()
    safety = "safe" if one.fix and one.fix.safe else "unsafe"
    change = {"artifactLocation": artifact(one, base), "replacements": [replacement(*each) for each in edits]}
    return {"description": {"text": f"{safety}: {one.advice}"}, "artifactChanges": [change]}


def replacement(edit: Edit, columns: tuple[int, int]) -> Json:
    """Return one edit."""
    region = {"startLine": edit.line, "endLine": edit.end_line}
    region |= {"startColumn": columns[0] + 1, "endColumn": columns[1] + 1}
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}
