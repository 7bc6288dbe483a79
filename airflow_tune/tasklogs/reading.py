"""Read the logs of failed tries, as many as are worth it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from airflow_tune.tasklogs.classify import classify
from airflow_tune.tasklogs.pattern import Pattern
from airflow_tune.tasklogs.place import TryKey, log_place
from airflow_tune.tasklogs.tail import read_tail

Row = TypeVar("Row")


def read_logs(folder: Path, tries: Iterable[tuple[Row, TryKey]]) -> Iterator[tuple[Row, Pattern | None]]:
    """Yield the row of each of `tries` whose log lies in `folder`, with what the log says of its failure."""
    for row, key in tries:
        place = log_place(key)
        text = None if place is None else read_tail(folder, place)
        if text is not None:
            yield row, classify(text)
