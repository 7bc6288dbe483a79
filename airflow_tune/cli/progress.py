"""How far a long reading got, on a terminal's stderr while it lasts; nothing where stderr is piped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_tune.history.window import Told


@contextmanager
def progress() -> Iterator[Told]:
    """Give what is to be told how many task instances were read, and of how many DAG runs of how many."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    counts = "{task.fields[tries]:,} task instances of {task.completed:,.0f} of {task.total:,.0f} DAG runs"
    bar = Progress(
        TextColumn("Reading"),
        BarColumn(),
        TextColumn(counts),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("", total=0, tries=0)
        yield lambda tries, runs, of: bar.update(task, tries=tries, completed=runs, total=of)
