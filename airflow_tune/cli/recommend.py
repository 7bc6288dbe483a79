"""`airflow-tune recommend`: numbers with reasons, and writing them into airflow.cfg."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.output import emit, look
from airflow_tune.cli.sourced import HISTORY, HOST, PLACE, reads

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_tune.installation.sources import Sources
    from airflow_tune.recommend.engine import Advised


class AdviceFormat(str, Enum):
    """What `recommend` can print: reports, or what Airflow itself reads."""

    TEXT = "text"
    JSON = "json"
    CFG = "cfg"
    ENV = "env"
    POOLS_JSON = "pools-json"


class Cost(str, Enum):
    """What a search by simulation saves."""

    SLOTS = "slots"
    WORKERS = "workers"


@reads(*PLACE, "dags", *HISTORY, "logs", "deployment", *HOST, "workers", "bench", "allow_commands")
def recommend(
    *,
    sources: Sources,
    report_format: Annotated[
        AdviceFormat,
        typer.Option(
            "--format",
            help="text and json report; cfg, env and pools-json are what Airflow reads.",
        ),
    ] = AdviceFormat.TEXT,
    output: flags.Output = None,
    explain: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Option(
            "--explain",
            metavar="OPTION",
            help="Print the whole derivation of one number, e.g. core.parallelism or pool:db_pool.",
        ),
    ] = None,
    objective: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--objective",
            metavar="FIGURE=TIME",
            help="Search by simulation for the cheapest way to p95-wait=60s, mean-wait=…, makespan=… or"
            " makespan:DAG=2h.",
            show_default=False,
        ),
    ] = None,
    optimize: Annotated[
        Optional[Cost],  # noqa: UP045
        typer.Option(
            "--optimize", help="Search by simulation for the fewest slots or workers.", show_default=False
        ),
    ] = None,
    write_cfg: Annotated[
        bool,
        typer.Option(
            "--write-cfg",
            help="Show the diff of airflow.cfg, ask, and write it atomically with a backup beside it.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the diff and touch nothing."),
    ] = False,
) -> None:
    """Compute the limits, pools and pool sizes that fit, each with its reason and its risk.

    With --db, --api or --snapshot, by what the past shows: what waited for what, for how long, beside what.

    Example: airflow-tune recommend --deployment prod.yaml --profile database-heavy --write-cfg
    """
    from airflow_tune.cli.past import check_sources, lessons
    from airflow_tune.installation.read import read_installation
    from airflow_tune.recommend.engine import recommend as advise

    check_sources(sources)
    if objective is not None or optimize is not None:
        from airflow_tune.cli.searching import search

        emit(
            search(sources, objective, report_format, look(output), workers=optimize is Cost.WORKERS), output
        )
        return
    advised = advise(*lessons(read_installation(sources), sources))
    if write_cfg or dry_run:
        from airflow_tune.cli.write_cfg import write_recommendations

        write_recommendations(advised, yes=yes, dry_run=dry_run)
        return
    emit(_rendered(advised, report_format, explain, output), output)


def _rendered(advised: Advised, report_format: AdviceFormat, explain: str | None, output: Path | None) -> str:
    from airflow_tune.report import advice, export
    from airflow_tune.report.jsonable import dump

    page = look(output)
    if explain is not None:
        from airflow_tune.cli.explained import advice_on

        found = advice_on(advised, explain)
        return advice.explanation_text(advised, found, width=page.width, colour=page.colour)
    if report_format is AdviceFormat.JSON:
        return dump(advice.advice_json(advised))
    if report_format is AdviceFormat.CFG:
        return export.cfg_text(advised.recommendations)
    if report_format is AdviceFormat.ENV:
        return export.env_text(advised.recommendations)
    if report_format is AdviceFormat.POOLS_JSON:
        return export.pools_json(advised.recommendations)
    return advice.advice_text(advised, width=page.width, colour=page.colour)
