"""The head of every text report: version, executor, host, deployment, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_tune.origins import Origin, OriginKind
from airflow_tune.report.page import Page
from airflow_tune.units import format_bytes

if TYPE_CHECKING:
    from airflow_tune.deployment.model import Deployment
    from airflow_tune.host.model import Host
    from airflow_tune.installation.model import Installation

WIDTH = 12


def write_summary(page: Page, installation: Installation) -> None:
    """Write what was read and where."""
    settings = installation.settings
    rows = [
        ("Airflow", f"{installation.version} ({installation.version_origin})"),
        (
            "executor",
            f"{_executors(installation)} ({place(installation, settings.get('core', 'executor').origin)})",
        ),
        ("settings", f"{settings.cfg_path}{'' if settings.cfg_exists else ' (absent: defaults)'}"),
        *(_host(installation.host) if installation.deployment.assumed else ()),
        ("deployment", _deployment(installation.deployment)),
        ("profile", f"{installation.profile.name} ({installation.profile.origin})"),
    ]
    for label, text in rows:
        page.labelled(label, text, indent=0, width=WIDTH)
    for note in (*installation.host.notes, *installation.notes):
        page.labelled("note", note, indent=0, width=WIDTH)


def _host(host: Host) -> tuple[tuple[str, str], ...]:
    """Return the rows of the local host, which counts only where it stands in for a deployment."""
    return (
        ("cores", f"{host.cores.value:g} ({host.cores.origin})"),
        ("memory", f"{format_bytes(host.memory_bytes.value)} ({host.memory_bytes.origin})"),
    )


def _deployment(deployment: Deployment) -> str:
    if deployment.assumed:
        return "this host alone is assumed; describe the real one with --deployment"
    groups = "; ".join(
        f"{group.count.value} × {group.name} ({group.cores.value:g} cores,"
        f" {format_bytes(group.memory_bytes.value)})"
        for group in deployment.workers
    )
    return f"{deployment.origin}" + (f": {groups}" if groups else "")


def place(installation: Installation, origin: Origin) -> str:
    """Return an origin in short: the file that the summary names in full goes by its name alone."""
    cfg = installation.settings.cfg_path
    if origin.kind is OriginKind.FILE and origin.where == str(cfg):
        return f"{cfg.name}:{origin.line}"
    return str(origin)


def _executors(installation: Installation) -> str:
    return ", ".join(executor.name for executor in installation.executors)
