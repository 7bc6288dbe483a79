"""`airflow-tune bench compare`: what became slower or faster between two results."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look, say

WORSE = 1


class CompareFormat(str, Enum):
    """What `bench compare` can print."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def compare(
    old: Annotated[Path, typer.Argument(help="The older result, as `bench -o OLD.json` wrote it.")],
    new: Annotated[Path, typer.Argument(help="The newer result.")],
    *,
    fail_on_regression: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Option(
            "--fail-on-regression",
            metavar="SHARE",
            help="Exit with 1 where anything became worse by that much or more, e.g. 10%.",
            show_default=False,
        ),
    ] = None,
    least_change: Annotated[
        str, typer.Option("--least-change", metavar="SHARE", help="Smaller changes are none, e.g. 5%.")
    ] = "5%",
    report_format: Annotated[
        CompareFormat, typer.Option("--format", help="How to print; markdown suits a pull request.")
    ] = CompareFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Compare two results of `bench`: what changed, by how much, and what cannot be told.

    Example: airflow-tune bench compare old.json new.json --fail-on-regression 10%
    """
    from airflow_tune.bench.verdict import compare as comparing
    from airflow_tune.report import bench_change as report
    from airflow_tune.report.jsonable import dump
    from airflow_tune.suite.document import read_suite
    from airflow_tune.units import parse_share

    limit = None
    if fail_on_regression is not None:
        limit = parse_share(fail_on_regression, where="--fail-on-regression")
    least = parse_share(least_change, where="--least-change")
    found = comparing.compare(read_suite(old), read_suite(new), least if limit is None else min(least, limit))
    regressions = () if limit is None else found.regressions(limit)
    if report_format is CompareFormat.JSON:
        emit(dump(report.comparison_json(found, regressions)), output)
    elif report_format is CompareFormat.MARKDOWN:
        emit(report.comparison_markdown(found), output)
    else:
        page = look(output)
        emit(report.comparison_text(found, width=page.width, colour=page.colour), output)
    if regressions:
        for one in regressions:
            say(f"regression: {report.change_line(one)}")
        raise typer.Exit(WORSE)
