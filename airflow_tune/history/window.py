"""Which part of the past to read, and who is told how far the reading got."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

Told = Callable[[int, int, int], None]
"""Is told how many task instances were read so far, and of how many DAG runs of how many."""


@dataclass(frozen=True, slots=True)
class Window:
    """DAG runs due at or after `since` (aware; None for all), of `dags` (empty for all)."""

    since: datetime | None = None
    dags: tuple[str, ...] = ()
