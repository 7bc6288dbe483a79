"""`airflow-tune bench`: what this host can really do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from airflow_tune.cli import bench_fleet, flags
from airflow_tune.cli.bench_compare import compare
from airflow_tune.cli.bench_history import history
from airflow_tune.cli.bench_report import BenchFormat, report
from airflow_tune.cli.output import emit

INTERRUPTED = 130

app = typer.Typer(
    help="Measure what this host can really do. Example: airflow-tune bench --quick",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(bench_fleet.app, name="fleet")


@app.callback()
def bench(
    ctx: typer.Context,
    *,
    only: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Option("--only", metavar="WORKLOAD", help="Measure this one; may be given again."),
    ] = None,
    skip: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--skip", metavar="WORKLOAD", help="Leave this one out; may be given again."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Show the workloads and what each asks.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="End within a minute.")] = False,
    rigorous: Annotated[
        bool, typer.Option("--rigorous", help="Take up to half an hour, until medians are known within 2 %.")
    ] = False,
    db_url: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--db-url",
            metavar="URL",
            help="Measure writes and connections on this DB too, in a table of their own, e.g."
            " postgresql://user@host/scratch.",
            show_default=False,
        ),
    ] = None,
    redis_url: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--redis-url", metavar="URL", help="Measure this Redis as a cache, e.g. redis://host:6379/1."
        ),
    ] = None,
    airflow_python: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--airflow-python",
            metavar="PATH",
            help="Measure start-up and parsing of the Airflow of this Python, e.g. /opt/airflow/bin/python.",
        ),
    ] = None,
    dags: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--dags",
            metavar="FOLDER",
            help="With --airflow-python: parse the files of this DAG folder, which runs their code."
            "  [default: the one of that Airflow]",
            show_default=False,
        ),
    ] = None,
    callable_name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--callable",
            metavar="PACKAGE.MODULE:FUNCTION",
            help="Measure your own function, which is given a list of items, over batch sizes and processes.",
        ),
    ] = None,
    timeout: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--timeout",
            metavar="TIME",
            help="End a value that takes longer, e.g. 20s.  [default: the workload's own]",
            show_default=False,
        ),
    ] = None,
    report_format: Annotated[
        BenchFormat, typer.Option("--format", help="How to print; json is what the others read.")
    ] = BenchFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Measure what this host can really do, and say what follows from it.

    Example: airflow-tune bench --quick --only list-vs-generator
    """
    if ctx.invoked_subcommand is not None:
        return
    from airflow_tune.cli import benching

    if listing:
        emit(benching.listed(report_format.value, output), output)
        return
    asked = benching.Asked(
        only or [],
        skip or [],
        quick,
        rigorous,
        db_url,
        redis_url,
        airflow_python,
        dags,
        callable_name,
        timeout,
    )
    if not benching.measure(asked, report_format, output):
        raise typer.Exit(INTERRUPTED)


app.command("report")(report)
app.command("compare")(compare)
app.command("history")(history)
