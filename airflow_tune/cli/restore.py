"""`airflow-tune restore`: go back to an airflow.cfg as it was before a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from airflow_tune.cli import flags
from airflow_tune.cli.consent import consents, show_diff
from airflow_tune.cli.output import emit, say
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

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
    """Show how a backup of airflow.cfg differs from it, ask, and restore it, keeping a backup of both.

    Example: airflow-tune restore --list
    """
    import os
    from datetime import datetime, timezone

    from airflow_tune.apply.backup import list_backups
    from airflow_tune.settings.location import locate

    path = locate(airflow_home, cfg, os.environ).cfg_path
    now = datetime.now(timezone.utc)
    backups = list_backups(path)
    if listed:
        _list(backups, path, now)
        return
    _restore(path, _chosen(backups, backup, path), now, yes=yes, dry_run=dry_run)


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
    """Return the backup of that number or file."""
    text = wanted or "1"
    numbered = {str(number): one for number, one in enumerate(backups, start=1)}
    named = {name: one for one in backups for name in (one.path.name, str(one.path))}
    found = numbered.get(text) or named.get(text)
    if found is None:
        what = f"there is no backup {text} of it" if wanted else "there are no backups of it"
        raise UsageError(what, where=str(path), todo="see airflow-tune restore --list")
    return found


def _restore(path: Path, backup: Backup, now: datetime, *, yes: bool, dry_run: bool) -> None:
    from airflow_tune.apply.diff import unified_diff
    from airflow_tune.apply.restore import read_file, restore

    diff = unified_diff(read_file(path), read_file(backup.path), path)
    if not diff:
        say(f"{path} is already as in {backup.path.name}.")
        return
    show_diff(diff)
    if dry_run:
        say("Nothing was changed: this was a dry run.")
    elif consents(f"Restore {path} from {backup.path.name}?", yes=yes):
        kept = restore(path, backup, now=now)
        say(f"Restored {path}. What it held before is kept in {kept}.")
    else:
        say("Nothing was changed.")
