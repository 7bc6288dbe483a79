"""`airflow-tune profiles`: which workload profiles there are, and every number of one."""

from __future__ import annotations

from typing import Annotated

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look

app = typer.Typer(
    help="List workload profiles, or show every number of one. Example: airflow-tune profiles show batch-etl",
    no_args_is_help=True,
    rich_markup_mode=None,
)

FORMAT = Annotated[flags.ReportFormat, typer.Option("--format", help="How to print.")]


@app.command("list")
def list_profiles(*, report_format: FORMAT = flags.ReportFormat.TEXT, output: flags.Output = None) -> None:
    """List the workload profiles that ship.

    Example: airflow-tune profiles list --format json
    """
    from airflow_tune.profiles import load_profile, profile_names
    from airflow_tune.report import profile as report

    found = [load_profile(name) for name in profile_names()]
    if report_format is flags.ReportFormat.JSON:
        emit(report.list_json_text(found), output)
        return
    page = look(output)
    emit(report.list_text(found, width=page.width, colour=page.colour), output)


@app.command("show")
def show_profile(
    name: Annotated[str, typer.Argument(help="A name of `profiles list`, or a YAML file.")],
    *,
    report_format: FORMAT = flags.ReportFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Show every number of a profile and where it is from.

    Example: airflow-tune profiles show database-heavy
    """
    from airflow_tune.profiles import load_profile
    from airflow_tune.report import profile as report

    found = load_profile(name)
    if report_format is flags.ReportFormat.JSON:
        emit(report.show_json_text(found), output)
        return
    page = look(output)
    emit(report.show_text(found, width=page.width, colour=page.colour), output)
