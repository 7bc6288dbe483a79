"""What the flags of a command name: quick to import, as commands that read nothing of it have them too."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_tune.api.access import Access

# `--db cfg` means the metadata DB that the settings name.
FROM_SETTINGS = "cfg"
DEFAULT_PROFILE = "batch-etl"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to read each part; None means: as Airflow finds it, or not at all.

    The past is that of `snapshot` where it is given, else of `db` or `api`, as far back as `since` says;
    `logs` is the folder of its task logs. `bench` is a result of `bench`: its figures go before start values.
    """

    airflow_home: Path | None = None
    cfg: Path | None = None
    dags: Path | None = None
    db: str | None = None
    api: Access | None = None
    snapshot: Path | None = None
    since: str | None = None
    logs: Path | None = None
    deployment: Path | None = None
    profile: str = DEFAULT_PROFILE
    airflow_version: str | None = None
    cores: str | None = None
    memory: str | None = None
    workers: int | None = None
    bench: Path | None = None
    allow_commands: bool = False
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def live(self) -> bool:
        """Return whether a metadata DB or an API server is named."""
        return self.db is not None or self.api is not None
