"""Showing what is about to change, and asking before it does."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from airflow_tune.cli.output import emit, look, say
from airflow_tune.errors import UsageError

if TYPE_CHECKING:
    from airflow_tune.apply.rewrite import Rewrite

_COLOURS = {"+": typer.colors.GREEN, "-": typer.colors.RED, "@": typer.colors.CYAN}


def settle(rewrite: Rewrite, question: str, *, now: datetime, yes: bool, dry_run: bool) -> None:
    """Show what would change, ask the question unless `yes` answers it, and do it unless in a `dry_run`.

    The diff goes to stdout, everything else to stderr. Raise UsageError where nobody is there to
    answer, ApplyError where the file cannot be written; nothing is changed then.
    """
    diff = rewrite.diff
    if not diff:
        say(f"There is nothing to change in {rewrite.path}.")
        return
    _show(diff)
    if dry_run:
        say("This was a dry run; nothing was changed.")
    elif _agrees(question, yes=yes):
        backup = rewrite.carry_out(now=now)
        say(f"Wrote {rewrite.path}; what it held before is kept in {backup}")
    else:
        say("Nothing was changed.")


def _show(diff: str) -> None:
    lines = diff.splitlines()
    colour = look(None).colour
    emit("\n".join(_coloured(line) for line in lines) if colour else diff, None)


def _coloured(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return typer.style(line, bold=True)
    colour = _COLOURS.get(line[:1])
    return typer.style(line, fg=colour) if colour else line


def _agrees(question: str, *, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            "nothing was changed: there is no terminal to ask on",
            remedy="give --yes to go ahead without being asked, or --dry-run to see the change only",
        )
    return typer.confirm(question, err=True)
