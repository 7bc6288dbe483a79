"""Findings as JUnit XML, which most CI servers show: a test suite for each file, a test for each finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from airflow_tune.findings import Finding, Severity
from airflow_tune.lint.violation import Violation
from airflow_tune.report.lint_place import line_of, path_of, spot
from airflow_tune.secrets import redact

# What XML 1.0 cannot hold, escaped or not ("Char" of the recommendation).
UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def lint_junit(findings: Sequence[Violation], base: str) -> str:
    """Return the report; warnings and errors fail, what is only information passes with its text.

    A clean run holds one test that passes, as servers take an empty report for a broken one.
    """
    suites = [
        suite(path, list(group), base) for path, group in groupby(findings, lambda one: path_of(one, base))
    ]
    clean = '  <testsuite name="airflow-tune" tests="1" failures="0"><testcase name="lint"/></testsuite>'
    total, failed = max(1, len(findings)), sum(map(fails, findings))
    head = f'<testsuites name="airflow-tune lint" tests="{total}" failures="{failed}">'
    lines = ['<?xml version="1.0" encoding="utf-8"?>', head, *(suites or [clean]), "</testsuites>"]
    return "\n".join(lines) + "\n"


def suite(path: str, findings: list[Violation], base: str) -> str:
    """Return the suite of one file."""
    failed = sum(map(fails, findings))
    head = f'  <testsuite name={attribute(path)} tests="{len(findings)}" failures="{failed}">'
    return "\n".join([head, *(case(path, one, base) for one in findings), "  </testsuite>"])


def case(path: str, one: Violation, base: str) -> str:
    """Return the test of one finding."""
    name = attribute(f"{one.code} {one.name} line {line_of(one)}")
    text = text_of(f"{spot(one, base)}: {redact(one.message)}\n{one.advice}")
    if fails(one):
        said = attribute(redact(one.message))
        inner = f'<failure type="{one.severity.value}" message={said}>{text}</failure>'
    else:
        inner = f"<system-out>{text}</system-out>"
    return f"    <testcase classname={attribute(path)} name={name}>{inner}</testcase>"


def fails(one: Finding) -> bool:
    """Return whether a finding is a failed test."""
    return one.severity is not Severity.INFO


def text_of(text: str) -> str:
    """Return a text as XML may hold it."""
    return escape(UNSPEAKABLE.sub("�", text))


def attribute(text: str) -> str:
    """Return a quoted attribute."""
    return quoteattr(UNSPEAKABLE.sub("�", text))
