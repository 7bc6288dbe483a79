"""`airflow-tune bench history`: how results in a folder went over time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look


def history(
    folder: Annotated[Path, typer.Argument(help="A folder of results (*.json).", metavar="DIR")],
    *,
    report_format: Annotated[
        flags.ReportFormat, typer.Option("--format", help="How to print.")
    ] = flags.ReportFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Show the results of a folder over time: steps, trends, and where the latest stands.

    Example: airflow-tune bench history results/
    """
    from airflow_tune.bench.verdict.history import read_history
    from airflow_tune.report import bench_history as report
    from airflow_tune.report.jsonable import dump

    found = read_history(folder)
    if report_format is flags.ReportFormat.JSON:
        emit(dump(report.history_json(found)), output)
        return
    page = look(output)
    emit(report.history_text(found, width=page.width, colour=page.colour), output)
