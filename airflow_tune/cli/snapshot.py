"""`airflow-tune snapshot`: a metadata DB's history as one file that needs no database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airflow_tune.cli.output import say
from airflow_tune.cli.sourced import PLACE, reads

if TYPE_CHECKING:
    from airflow_tune.installation.sources import Sources


@reads("db", "api", "since", "logs", *PLACE, "deployment", "airflow_version", "workers", "allow_commands")
def snapshot(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.", show_default=False)],
    *,
    sources: Sources,
    anonymize: Annotated[
        bool,
        typer.Option(
            "--anonymize",
            help="Number DAGs, tasks, DAG runs, pools, queues and hosts instead of naming them.",
        ),
    ] = False,
) -> None:
    """Write the history of a metadata DB to a file that analyze and why read instead of the DB.

    Example: airflow-tune snapshot history.zip --db cfg --since 30d --anonymize
    """
    from airflow_tune.cli.past import check_sources, read_with_logs, with_xcoms
    from airflow_tune.diagnose.waits.installed import machinery_json, machinery_of
    from airflow_tune.installation.kept import kept_installation
    from airflow_tune.installation.past import anonymous, renames_of, write_past
    from airflow_tune.installation.read import read_installation
    from airflow_tune.units import format_bytes, plural

    check_sources(sources)
    installation = read_installation(sources)
    past = with_xcoms(read_with_logs(installation, sources), installation, sources)
    machinery = machinery_json(machinery_of(installation, past))
    kept = kept_installation(installation, renames_of(past) if anonymize else None)
    write_past(anonymous(past) if anonymize else past, file, machinery, kept)
    tries, runs = plural(len(past.history.tries), "task instance"), plural(len(past.history.runs), "DAG run")
    say(f"Wrote {file}: {tries} of {runs}, {format_bytes(file.stat().st_size)}")
