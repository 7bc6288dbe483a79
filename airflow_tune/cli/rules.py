"""`airflow-tune rules`: every rule of lint."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look, say


class RulesFormat(str, Enum):
    """How to print the list of rules."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def rules(
    *,
    report_format: Annotated[
        RulesFormat, typer.Option("--format", help="How to print; markdown explains each rule in full.")
    ] = RulesFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """List the rules of lint, with those that other distributions add.

    Example: airflow-tune rules --format json
    """
    from airflow_tune.lint.catalog import BUILT_IN
    from airflow_tune.linter.plugins import with_plugins
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.rule import rules_json, rules_text
    from airflow_tune.report.rule_page import rules_markdown

    added = with_plugins(BUILT_IN)
    for note in added.notes:
        say(f"note: {note}")
    page, found = look(output), added.catalog.rules
    if report_format is RulesFormat.JSON:
        emit(dump(rules_json(found)), output)
    elif report_format is RulesFormat.MARKDOWN:
        emit(rules_markdown(found), output)
    else:
        emit(rules_text(found, width=page.width, colour=page.colour), output)
