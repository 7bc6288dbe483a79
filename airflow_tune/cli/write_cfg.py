"""`recommend --write-cfg`: what goes into airflow.cfg, what has to be set elsewhere, and asking first."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from airflow_tune.cli.consent import settle
from airflow_tune.cli.output import say

if TYPE_CHECKING:
    from airflow_tune.apply.plan import Elsewhere
    from airflow_tune.recommend.engine import Advised


def write_recommendations(advised: Advised, *, yes: bool, dry_run: bool) -> None:
    """Show the diff, ask, and write; raise ApplyError or UsageError with nothing changed."""
    from airflow_tune.apply.obstacle import find_obstacle
    from airflow_tune.apply.plan import plan_write
    from airflow_tune.apply.rewrite import read_file

    settings = advised.plan.installation.settings
    path = settings.cfg_path
    # Where there is no file, everything is told as a line to set elsewhere.
    data = read_file(path) if path.exists() else b""
    plan = plan_write(path, data, advised.recommendations, settings, obstacle=find_obstacle(path))
    for note in plan.notes:
        say(f"note: {note}")
    _tell(plan.elsewhere)
    settle(plan.rewrite, f"Write {path}?", now=datetime.now(timezone.utc), yes=yes, dry_run=dry_run)


def _tell(elsewhere: tuple[Elsewhere, ...]) -> None:
    if elsewhere:
        say("Not written to the file:")
    for one in elsewhere:
        say(f"  {one.option} = {one.proposed}: {one.why}\n      {one.remedy}")
