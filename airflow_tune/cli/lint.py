"""`airflow-tune lint`: what in DAG files costs time, memory or reliability."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look
from airflow_tune.errors import UsageError


def lint(
    paths: Annotated[
        Optional[list[Path]],  # noqa: UP045 - typer reads it at run time, on Python 3.10 too
        typer.Argument(help="DAG files, and folders that hold some.", show_default=False),
    ] = None,
    *,
    select: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--select", help="Report these codes only, or all that begin so, e.g. AFT1.", show_default=False
        ),
    ] = None,
    ignore: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--ignore", help="Leave these codes out, or all that begin so, e.g. AFT201.", show_default=False
        ),
    ] = None,
    explain: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--explain", help="Explain one rule, e.g. AFT106.", show_default=False),
    ] = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count how often each rule fired.")
    ] = False,
    cfg: flags.Cfg = None,
    db: flags.Db = None,
    api: flags.Api = None,
    api_page_limit: flags.ApiPageLimit = flags.API_PAGE_LIMIT,
    since: flags.Since = None,
    snapshot: flags.Snapshot = None,
    pools: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--pools", help="Read the pools from a file of `airflow pools export`.", show_default=False
        ),
    ] = None,
    airflow_version: flags.AirflowVersionFlag = None,
    report_format: Annotated[
        flags.ReportFormat, typer.Option("--format", help="How to print.")
    ] = flags.ReportFormat.TEXT,
    output: flags.Output = None,
    fail_on: Annotated[
        flags.FailOn,
        typer.Option("--fail-on", help="Exit with 1 from this severity on."),
    ] = flags.FailOn.WARN,
) -> None:
    """Say what in DAG files costs time, memory or reliability; no file is imported or executed.

    Example: airflow-tune lint dags/ --ignore AFT210
    """
    from airflow_tune.findings import Severity
    from airflow_tune.lint.catalog import selection

    as_json = report_format is flags.ReportFormat.JSON
    if explain is not None:
        _explain(explain, output, as_json=as_json)
        return
    wanted = selection(select or (), ignore or ())
    if not paths:
        raise UsageError(
            "there is nothing to lint", todo="name DAG files or folders: airflow-tune lint dags/"
        )
    from airflow_tune.cli.api import access
    from airflow_tune.cli.knowledge import knowledge
    from airflow_tune.cli.linting import lint_files
    from airflow_tune.dags.folder import python_files
    from airflow_tune.installation.read import Sources
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.lint import lint_json, lint_text

    sources = Sources(
        cfg=cfg,
        db=db,
        api=access(api, api_page_limit),
        since=since,
        snapshot=snapshot,
        airflow_version=airflow_version,
    )
    linted = lint_files(python_files(paths), wanted, knowledge(sources, pools))
    page = look(output)
    text = lint_text(linted, statistics=statistics, width=page.width, colour=page.colour)
    emit(dump(lint_json(linted)) if as_json else text, output)
    if fail_on is not flags.FailOn.NEVER:
        least = Severity(fail_on.value).rank
        if any(finding.severity.rank >= least for finding in linted.findings):
            raise typer.Exit(1)


def _explain(code: str, output: Path | None, *, as_json: bool) -> None:
    from airflow_tune.lint.catalog import rule_of
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.lint import rule_json, rule_text

    rule, page = rule_of(code), look(output)
    emit(dump(rule_json(rule)) if as_json else rule_text(rule, width=page.width, colour=page.colour), output)
