"""`airflow-tune bench report`: a result of the bench, printed again in any format."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look

if TYPE_CHECKING:
    from airflow_tune.suite.model import Suite


class BenchFormat(str, Enum):
    """What `bench` can print."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    MARKDOWN = "markdown"


def report(
    result: Annotated[Path, typer.Argument(help="A result, as `bench --format json -o FILE` wrote it.")],
    *,
    report_format: Annotated[
        BenchFormat, typer.Option("--format", help="How to print; html is one page with charts.")
    ] = BenchFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Print a result of `bench` again, judged anew; nothing is measured.

    Example: airflow-tune bench report bench.json --format html -o bench.html
    """
    from airflow_tune.suite.document import read_suite

    emit(rendered(read_suite(result), report_format, output), output)


def rendered(suite: Suite, report_format: BenchFormat, output: Path | None) -> str:
    """Return the result with what is made of it, in the format that was asked for."""
    if report_format is BenchFormat.JSON:
        from airflow_tune.bench.verdict.judge import with_verdicts
        from airflow_tune.suite.document import suite_text

        return suite_text(with_verdicts(suite))
    if report_format is BenchFormat.HTML:
        from airflow_tune.report.html.bench import bench_html

        return bench_html(suite)
    if report_format is BenchFormat.MARKDOWN:
        from airflow_tune.report.bench_markdown import bench_markdown

        return bench_markdown(suite)
    from airflow_tune.report.bench_text import bench_text

    page = look(output)
    return bench_text(suite, width=page.width, colour=page.colour)
