"""How results leave: to stdout or a file, with colour and width only where a person looks."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

PIPED_WIDTH = 80
LEAST_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Look:
    """Width in columns and whether colour is wanted."""

    width: int
    colour: bool


def look(output: Path | None) -> Look:
    """Return the terminal's width and colour; plain 80 columns for files and pipes.

    COLUMNS and NO_COLOR are honoured, as is TERM=dumb.
    """
    terminal = output is None and sys.stdout.isatty()
    width = shutil.get_terminal_size((PIPED_WIDTH, 24)).columns if terminal else _columns()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Look(max(LEAST_WIDTH, width), terminal and not plain)


def _columns() -> int:
    text = os.environ.get("COLUMNS", "")
    return int(text) if text.isdigit() else PIPED_WIDTH


def emit(text: str, output: Path | None) -> None:
    """Write a result to stdout, or to `output` whole or not at all.

    Raises ApplyError when the file cannot be written.
    """
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
        return
    from airflow_tune.apply.failure import told
    from airflow_tune.apply.write import replace_whole

    with told(output, "could not be written"):
        replace_whole(output, text.encode())


def say(text: str) -> None:
    """Say something to the person at the terminal, on stderr."""
    typer.echo(text, err=True)
