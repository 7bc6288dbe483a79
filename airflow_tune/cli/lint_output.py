"""The report of `lint` in the format that was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_tune.cli.lint_flags import LintFormat
from airflow_tune.cli.lint_wishes import Wishes
from airflow_tune.cli.output import look
from airflow_tune.lint.catalog import AnyRule
from airflow_tune.report.lint import Linted

WITHOUT_NOTES = frozenset({LintFormat.GITHUB, LintFormat.GITLAB, LintFormat.JUNIT})
"""Formats that have no place for notes, which then go to stderr."""


def rendered(linted: Linted, wishes: Wishes, rules: Iterable[AnyRule]) -> str:
    """Return the report; only the module of the format that was asked for is loaded."""
    form = wishes.report_format
    if form is LintFormat.SARIF:
        from airflow_tune.report.lint_sarif import lint_sarif

        return lint_sarif(linted.findings, linted.base, rules, linted.notes)
    if form is LintFormat.GITHUB:
        from airflow_tune.report.lint_github import lint_github

        return lint_github(linted.findings, linted.base)
    if form is LintFormat.GITLAB:
        from airflow_tune.report.lint_gitlab import lint_gitlab

        return lint_gitlab(linted.findings, linted.base)
    if form is LintFormat.JUNIT:
        from airflow_tune.report.lint_junit import lint_junit

        return lint_junit(linted.findings, linted.base)
    return plain(linted, wishes)


def plain(linted: Linted, wishes: Wishes) -> str:
    """Return the report as JSON or text."""
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.lint import lint_json, lint_text

    if wishes.report_format is LintFormat.JSON:
        return dump(lint_json(linted))
    page = look(wishes.output)
    return lint_text(linted, statistics=wishes.statistics, width=page.width, colour=page.colour)
