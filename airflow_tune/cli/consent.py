"""Showing what is about to change, and asking before it does."""

from __future__ import annotations

import sys

import typer

from airflow_tune.cli.output import emit, look
from airflow_tune.errors import UsageError

_COLOURS = {"+": typer.colors.GREEN, "-": typer.colors.RED, "@": typer.colors.CYAN}


def show_diff(diff: str) -> None:
    """Print a unified diff to stdout, coloured where a person looks."""
    lines = diff.splitlines()
    colour = look(None).colour
    emit("\n".join(_coloured(line) for line in lines) if colour else diff, None)


def _coloured(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return typer.style(line, bold=True)
    colour = _COLOURS.get(line[:1])
    return typer.style(line, fg=colour) if colour else line


def consents(question: str, *, yes: bool) -> bool:
    """Return whether the user agrees: with `yes` without being asked, else by answering on the terminal.

    Raise UsageError where nobody is there to answer.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            "nothing was changed: there is no terminal to ask on",
            todo="give --yes to go ahead without being asked, or --dry-run to see the change only",
        )
    return typer.confirm(question, err=True)
