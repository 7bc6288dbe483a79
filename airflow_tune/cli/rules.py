"""`airflow-tune rules`: every rule of lint."""

from __future__ import annotations

from typing import Annotated

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look, say


def rules(
    *,
    report_format: Annotated[
        flags.ReportFormat, typer.Option("--format", help="How to print.")
    ] = flags.ReportFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """List the rules of lint, with those that other distributions add.

    Example: airflow-tune rules --format json
    """
    from airflow_tune.lint.catalog import BUILT_IN
    from airflow_tune.linter.plugins import with_plugins
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.rule import rules_json, rules_text

    added = with_plugins(BUILT_IN)
    for note in added.notes:
        say(f"note: {note}")
    page, found = look(output), added.catalog.rules
    as_json = report_format is flags.ReportFormat.JSON
    emit(
        dump(rules_json(found)) if as_json else rules_text(found, width=page.width, colour=page.colour),
        output,
    )
