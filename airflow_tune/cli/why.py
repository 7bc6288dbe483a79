"""`airflow-tune why`: what held one task instance back, or everything that waits now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look
from airflow_tune.cli.sourced import HISTORY, PLACE, reads
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_tune.diagnose.waits.machinery import Machinery
    from airflow_tune.diagnose.waits.why import Life
    from airflow_tune.installation.past import Past
    from airflow_tune.installation.sources import Sources


@reads(*HISTORY, *PLACE, "deployment", "airflow_version", "workers", "allow_commands")
def why(
    dag: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Argument(metavar="DAG", help="The DAG's id.", show_default=False),
    ] = None,
    task: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="TASK", help="The task's id.", show_default=False),
    ] = None,
    *,
    run: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--run", metavar="RUN_ID", help="Which DAG run.  [default: the newest]", show_default=False
        ),
    ] = None,
    map_index: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--map-index", metavar="N", help="Which mapped one.  [default: the first]", show_default=False
        ),
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Tell of everything that waits now, the longest wait first.")
    ] = False,
    sources: Sources,
    report_format: Annotated[
        flags.ReportFormat, typer.Option("--format", help="How to print.")
    ] = flags.ReportFormat.TEXT,
    output: flags.Output = None,
) -> None:
    """Say why a task instance waited: its life, what held it each time, and who had the slots.

    Example: airflow-tune why etl load --run scheduled__2026-01-01T00:00:00+00:00 --db cfg
    """
    from airflow_tune.cli.past import check_sources, read
    from airflow_tune.diagnose.waits.installed import machinery_of
    from airflow_tune.installation.read import read_installation

    _check(dag, task, run, map_index, now=now)
    check_sources(sources)
    installation = read_installation(sources)
    past = read(installation, sources)
    machinery = machinery_of(installation, past)
    if now:
        _show_waiting(past, machinery, report_format, output)
    else:
        life = _life(past, machinery, dag or "", task or "", run=run, map_index=map_index)
        _show_life(past, life, report_format, output)


def _check(dag: str | None, task: str | None, run: str | None, map_index: int | None, *, now: bool) -> None:
    """Raise UsageError unless one task or --now is asked for."""
    named = [one for one in (dag, task, run, map_index) if one is not None]
    if now and named:
        raise UsageError("--now tells of everything that waits", remedy="leave out DAG, TASK and their flags")
    if not now and (dag is None or task is None):
        raise UsageError("no task is named", remedy="give DAG and TASK, or --now for everything that waits")


def _life(
    past: Past, machinery: Machinery, dag: str, task: str, *, run: str | None, map_index: int | None
) -> Life:
    from airflow_tune.diagnose.waits.why import why as ask

    if not len(past.history.tries):
        raise UsageError(
            "the history holds no task instance",
            where=past.source,
            remedy="reach further back with --since, or check which metadata DB this is",
        )
    return ask(past.history, machinery, dag, task, run_id=run, map_index=map_index)


def _show_life(past: Past, life: Life, report_format: flags.ReportFormat, output: Path | None) -> None:
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.why import life_json, life_text

    if report_format is flags.ReportFormat.JSON:
        emit(dump(life_json(life, past.source)), output)
        return
    page = look(output)
    emit(life_text(life, past.source, width=page.width, colour=page.colour), output)


def _show_waiting(
    past: Past, machinery: Machinery, report_format: flags.ReportFormat, output: Path | None
) -> None:
    from airflow_tune.diagnose.waits.now import waiting_now
    from airflow_tune.report.jsonable import dump
    from airflow_tune.report.why import now_json, now_text

    waiting = waiting_now(past.history, machinery) if len(past.history.tries) else ()
    if report_format is flags.ReportFormat.JSON:
        emit(dump(now_json(waiting, past.source, past.history.taken_at)), output)
        return
    page = look(output)
    text = now_text(waiting, past.source, past.history.taken_at, width=page.width, colour=page.colour)
    emit(text, output)
