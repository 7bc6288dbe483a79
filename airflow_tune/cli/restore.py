"""`airflow-tune restore`: go back to an airflow.cfg as it was before a change."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.consent import settle
from airflow_tune.cli.output import emit, say
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from airflow_tune.apply.backup import Backup


def restore(
    *,
    airflow_home: flags.AirflowHome = None,
    cfg: flags.Cfg = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List the backups, newest first, and change nothing.")
    ] = False,
    backup: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Option(
            "--backup",
            metavar="FILE|N",
            help="The backup to go back to: its file, or its number in --list.  [default: 1, the newest]",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Restore without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff and touch nothing.")] = False,
) -> None:
    """Show how a backup of airflow.cfg differs from it, ask, and restore it.

    What the file holds now is backed up first, so that this way can be gone back, too.

    Example: airflow-tune restore --list
    """
    from airflow_tune.apply.backup import list_backups
    from airflow_tune.apply.rewrite import restoration
    from airflow_tune.settings.location import locate

    path = locate(airflow_home, cfg, os.environ).cfg_path
    now = datetime.now(timezone.utc)
    backups = list_backups(path)
    if listed:
        _list(backups, path, now)
        return
    chosen = _chosen(backups, backup, path)
    question = f"Restore {path} from {chosen.path.name}?"
    settle(restoration(path, chosen), question, now=now, yes=yes, dry_run=dry_run)


def _list(backups: list[Backup], path: Path, now: datetime) -> None:
    from airflow_tune.units import format_bytes, format_duration

    if not backups:
        say(f"There are no backups of {path}.")
        return
    lines = [
        f"{number:>3}  {one.made_at:%Y-%m-%d %H:%M:%SZ}"
        f"  {format_duration(max(0.0, (now - one.made_at).total_seconds()))} ago"
        f"  {format_bytes(one.size_bytes)}  {one.path}"
        for number, one in enumerate(backups, start=1)
    ]
    emit("\n".join(lines), None)


def _chosen(backups: list[Backup], wanted: str | None, path: Path) -> Backup:
    """Return the backup of that number, name or path; the newest if none is wanted."""
    if not backups:
        raise UsageError("there are no backups of it", where=str(path), remedy="nothing was changed here yet")
    for number, one in enumerate(backups, start=1):
        if wanted in {None, str(number), one.path.name, str(one.path)}:
            return one
    raise UsageError(
        f"there is no backup {wanted} of it", where=str(path), remedy="see airflow-tune restore --list"
    )
