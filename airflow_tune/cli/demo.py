"""`airflow-tune demo`: a recorded history and an installation with typical mistakes, analysed and tuned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from airflow_tune.cli.output import emit, look, say


def demo(
    *,
    into: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time on 3.10
        typer.Option(
            "--into",
            help="An empty folder for it, e.g. ./airflow-demo.  [default: a new temporary one]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Lay out a small Airflow home and a recorded history, and show what waited, why, and what to change.

    Example: airflow-tune demo --into ./airflow-demo
    """
    from airflow_tune.demo.home import lay_out
    from airflow_tune.demo.tour import tour

    home = lay_out(into if into is not None else _new_folder())
    say(f"A small Airflow home was laid out in {home}")
    page = look(None)
    emit(tour(home, width=page.width, colour=page.colour), None)


def _new_folder() -> Path:
    import tempfile

    return Path(tempfile.mkdtemp(prefix="airflow-tune-demo-"))
