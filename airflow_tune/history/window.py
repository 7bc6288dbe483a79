"""Which part of the past to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Window:
    """DAG runs due at or after `since` (aware; None for all), of `dags` (empty for all)."""

    since: datetime | None = None
    dags: tuple[str, ...] = ()
