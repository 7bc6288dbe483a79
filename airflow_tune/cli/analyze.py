"""`airflow-tune analyze`: what is set, what it rests on, and what does not fit together."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look
from airflow_tune.cli.sourced import HISTORY, HOST, PLACE, reads
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from airflow_tune.installation.sources import Sources


class Part(str, Enum):
    """By what the figures of the past can be listed."""

    DAG = "dag"
    TASK = "task"
    OPERATOR = "operator"
    POOL = "pool"
    QUEUE = "queue"
    HOUR = "hour"


class AnalysisFormat(str, Enum):
    """What `analyze` can print."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


@reads(*PLACE, "dags", *HISTORY, "logs", "deployment", *HOST, "workers", "allow_commands")
def analyze(
    *,
    sources: Sources,
    by: Annotated[
        Optional[Part],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Option(
            "--by", help="List the figures of the past by DAG, task and so on too.", show_default=False
        ),
    ] = None,
    report_format: Annotated[
        AnalysisFormat, typer.Option("--format", help="How to print; html is one page with charts.")
    ] = AnalysisFormat.TEXT,
    output: flags.Output = None,
    fail_on: Annotated[
        flags.FailOn,
        typer.Option("--fail-on", help="Exit with 1 from this severity on."),
    ] = flags.FailOn.ERROR,
) -> None:
    """Say what is set, where it comes from, and what contradicts the hosts, the database or the version.

    With --db or --snapshot, also where the waiting of the past went and what mending it would save.

    Example: airflow-tune analyze --cfg prod/airflow.cfg --deployment prod.yaml
    """
    from airflow_tune.cli.past import check_sources, judged
    from airflow_tune.diagnose.consistency.checks import inconsistencies
    from airflow_tune.findings import Severity
    from airflow_tune.installation.read import read_installation

    check_sources(sources)
    if by is not None and not sources.live and sources.snapshot is None:
        raise UsageError(
            "--by lists figures of the past",
            where=f"--by {by.value}",
            remedy="give it with --db, --api or --snapshot",
        )
    installation = read_installation(sources)
    findings = inconsistencies(installation)
    installation, found = judged(installation, sources)
    past = found[2] if found else None
    if report_format is AnalysisFormat.HTML:
        from airflow_tune.cli.page import analysis_page

        emit(analysis_page(installation, findings, found), output)
    elif report_format is AnalysisFormat.JSON:
        from airflow_tune.report.analysis import analysis_json
        from airflow_tune.report.jsonable import dump

        emit(dump(analysis_json(installation, findings, past)), output)
    else:
        from airflow_tune.report.analysis import analysis_text

        page = look(output)
        parts = f"{by.value}s" if by else ""
        text = analysis_text(installation, findings, past, by=parts, width=page.width, colour=page.colour)
        emit(text, output)
    if fail_on is not flags.FailOn.NEVER:
        least = Severity(fail_on.value).rank
        priced = [one.finding for one in past.findings] if past else []
        if any(finding.severity.rank >= least for finding in (*findings, *priced)):
            raise typer.Exit(1)
