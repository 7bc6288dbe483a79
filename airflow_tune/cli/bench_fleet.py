"""`airflow-tune bench fleet`: the bench on the workers, through Airflow itself."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look, say
from airflow_tune.errors import UsageError

app = typer.Typer(
    help="Measure the workers through Airflow itself. Example: airflow-tune bench fleet run --api URL",
    no_args_is_help=True,
    rich_markup_mode=None,
)
TIMEOUT = "1h"
WORKLOADS = ("cpu-python", "cpu-native", "file-write", "list-vs-generator")
"""What is measured unless more is asked for: what tells one host from another, in half a minute."""


@app.command()
def write(
    *,
    queue: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Option(
            "--queue", metavar="NAME=SLOTS", help="A queue and on how many slots; may be given again."
        ),
    ] = None,
    slots: Annotated[
        int, typer.Option("--slots", min=1, help="Slots of the installation's own queue, without --queue.")
    ] = 4,
    output: flags.Output = None,
) -> None:
    """Write the DAG that measures the workers; put it into the DAG folder.

    Example: airflow-tune bench fleet write --queue default=16 --queue big=4 -o dags/airflow_tune_bench.py
    """
    from airflow_tune.bench.fleet.dag import dag_text, parse_queues

    emit(dag_text(parse_queues(queue or [], slots)), output)


@app.command()
def run(
    *,
    api: flags.Api = None,
    api_page_limit: flags.ApiPageLimit = flags.API_PAGE_LIMIT,
    run_id: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--run", metavar="RUN_ID", help="Collect this run, and trigger none."),
    ] = None,
    only: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--only",
            metavar="WORKLOAD",
            help="Measure this one; may be given again.  [default: what tells hosts apart]",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[str, typer.Option("--timeout", metavar="TIME", help="How long to wait.")] = TIMEOUT,
    report_format: Annotated[
        flags.ReportFormat, typer.Option("--format", help="How to print.")
    ] = flags.ReportFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Trigger the DAG, wait for it, and say which workers are not like the others.

    Example: airflow-tune bench fleet run --api http://localhost:8080 -o fleet.json --format json
    """
    from airflow_tune.bench.fleet.measure import measured
    from airflow_tune.cli.api import access
    from airflow_tune.report.bench_fleet import fleet_report
    from airflow_tune.suite.fleet import fleet_text
    from airflow_tune.units import parse_duration

    server = access(api, api_page_limit)
    if server is None:
        raise UsageError("the run goes over the API server", remedy="give --api URL")
    options = ["--quick", *(part for name in only or WORKLOADS for part in ("--only", name))]
    seconds = parse_duration(timeout, where="--timeout")
    fleet = measured(server, run_id, options, seconds, lambda counts: say(_states(counts)))
    if report_format is flags.ReportFormat.JSON:
        emit(fleet_text(fleet), output)
    else:
        page = look(output)
        emit(fleet_report(fleet, width=page.width, colour=page.colour), output)
    raise typer.Exit(1 if fleet.odd else 0)


def _states(counts: dict[str, int]) -> str:
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    return f"slots: {told or 'none yet'}"
