"""`airflow-tune graph`: the DAGs, tasks and dependencies that files declare, without importing them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look


def graph(
    paths: Annotated[list[Path], typer.Argument(help="DAG files, and folders that hold some.")],
    *,
    report_format: Annotated[
        flags.ReportFormat, typer.Option("--format", help="How to print.")
    ] = flags.ReportFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Show DAGs, tasks and dependencies as Airflow would build them; no file is imported or executed.

    Example: airflow-tune graph dags/ --format json
    """
    from airflow_tune.dags.folder import python_files
    from airflow_tune.dags.reader import read_files

    graphs = read_files(python_files(paths))
    if report_format is flags.ReportFormat.JSON:
        from airflow_tune.report.graph import graph_json
        from airflow_tune.report.jsonable import dump

        emit(dump(graph_json(graphs)), output)
    else:
        from airflow_tune.report.graph import graph_text

        page = look(output)
        emit(graph_text(graphs, width=page.width, colour=page.colour), output)
