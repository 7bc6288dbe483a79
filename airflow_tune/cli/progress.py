"""How far long work got, on a terminal's stderr while it lasts; nothing where stderr is piped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_tune.bench.measure.rounds import Told as RoundTold
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


@contextmanager
def time_left() -> Iterator[RoundTold]:
    """Give what is to be told which workload is measured, after how many rounds, and what time is left."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from airflow_tune.units import format_duration

    bar = Progress(
        TextColumn("Measuring"),
        BarColumn(),
        TextColumn("{task.fields[left]} left, {task.fields[rounds]} rounds done, now {task.fields[name]}"),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("", total=1.0, left="", rounds=0, name="")
        begin = monotonic()

        def told(name: str, rounds: int, left_s: float) -> None:
            spent = monotonic() - begin
            share = spent / max(spent + left_s, 1e-9)
            left = format_duration(round(left_s))
            bar.update(task, completed=share, left=left, rounds=rounds, name=name)

        yield told
