"""From flags to an installation: the first step of every command that judges one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_tune.installation.model import Installation


def gather(
    *,
    airflow_home: Path | None,
    cfg: Path | None,
    dags: Path | None,
    db: str | None,
    deployment: Path | None,
    profile: str,
    airflow_version: str | None,
    cores: str | None,
    memory: str | None,
    workers: int | None,
    allow_commands: bool,
) -> Installation:
    """Read the installation that the flags name; TuneErrors pass through to the user."""
    from airflow_tune.installation.read import Sources, read_installation

    return read_installation(
        Sources(
            airflow_home=airflow_home,
            cfg=cfg,
            dags=dags,
            db=db,
            deployment=deployment,
            profile=profile,
            airflow_version=airflow_version,
            cores=cores,
            memory=memory,
            workers=workers,
            allow_commands=allow_commands,
        )
    )
