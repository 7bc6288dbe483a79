"""`airflow-tune bench`: what this host can really do."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.bench_compare import compare
from airflow_tune.cli.bench_history import history
from airflow_tune.cli.output import emit

app = typer.Typer(
    help="Measure what this host can really do. Example: airflow-tune bench --quick",
    invoke_without_command=True,
    rich_markup_mode=None,
)


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
    quick: Annotated[bool, typer.Option("--quick", help="Take less than a minute.")] = False,
    rigorous: Annotated[bool, typer.Option("--rigorous", help="Take as long as it needs.")] = False,
    output: flags.Output = None,
) -> None:
    """Measure what this host can really do.

    Example: airflow-tune bench --quick --only list-vs-generator
    """
    if ctx.invoked_subcommand is not None:
        return
    from airflow_tune.bench.catalog import choose
    from airflow_tune.bench.measure.run import run
    from airflow_tune.bench.workload import Length, Wishes
    from airflow_tune.host import read_host
    from airflow_tune.suite.document import suite_text

    length = Length.QUICK if quick else Length.RIGOROUS if rigorous else Length.DEFAULT
    host = read_host()
    wishes = Wishes(length, host.cores.value, host.memory_bytes.value)
    emit(suite_text(run(choose(only or [], skip or []), wishes, host)), output)


app.command("compare")(compare)
app.command("history")(history)
