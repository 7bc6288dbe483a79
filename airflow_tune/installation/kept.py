"""What a snapshot keeps of the installation that it was taken from: settings, host, pools, DAG files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_tune.errors import SourceError
from airflow_tune.host.kept import host_kept, kept_host
from airflow_tune.host.model import Host
from airflow_tune.installation.model import Installation
from airflow_tune.metadata.model import MetadataFacts, Pool, ServerConnections
from airflow_tune.origins import Origin, OriginKind
from airflow_tune.settings.kept import kept_settings, settings_kept
from airflow_tune.settings.settings import Settings
from airflow_tune.versions import AirflowVersion

_READ = (OriginKind.DATABASE, OriginKind.API)


@dataclass(frozen=True, slots=True)
class Renames:
    """Old names to new ones, where a snapshot is to give nothing away."""

    pools: Mapping[str, str]
    queues: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """An installation as it was when the snapshot was taken."""

    settings: Settings
    host: Host
    facts: MetadataFacts


def kept_installation(installation: Installation, renames: Renames | None = None) -> dict[str, Any]:
    """Return of `installation` what a snapshot keeps, secrets masked; `renames` makes it anonymous."""
    pools = {
        renames.pools.get(name, "") if renames else name: slots.value
        for name, slots in installation.pools.items()
    }
    files, parsing = installation.dag_files, installation.parse_s_per_file
    connections = installation.deployment.database.max_connections
    return {
        "version": str(installation.version),
        "settings": kept_settings(installation.settings, renames.queues if renames else None),
        "host": kept_host(installation.host, anonymous=renames is not None),
        "pools": pools,
        "dag_files": files.value if files else None,
        "parse_s_per_file": parsing.value if parsing.origin.kind in _READ else None,
        "max_connections": connections.value if connections and connections.origin.kind in _READ else None,
    }


def installation_kept(path: Path) -> Kept | None:
    """Return what the snapshot at `path` keeps of its installation; None where it was written without.

    Raises SourceError where it cannot be read, or keeps something else there.
    """
    from airflow_tune.history.snapshot import read_extra  # noqa: PLC0415 - brings numpy along

    found = read_extra(path).get("installation")
    if found is None:
        return None
    try:
        version = AirflowVersion(found["version"])
        return Kept(
            settings_kept(found["settings"], version, path.name),
            host_kept(found["host"]),
            _facts(found, version, str(path)),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SourceError(
            "this snapshot does not say what it was taken from",
            where=str(path),
            remedy="write it again with `airflow-tune snapshot FILE`",
        ) from None


def _facts(found: Mapping[str, Any], version: AirflowVersion, where: str) -> MetadataFacts:
    most = found["max_connections"]
    return MetadataFacts(
        origin=Origin(OriginKind.FILE, where),
        dialect="",
        revision=None,
        pools=tuple(Pool(name, int(slots), include_deferred=False) for name, slots in found["pools"].items()),
        dag_count=0,
        unpaused_dag_count=0,
        dag_files=found["dag_files"],
        parse_s_per_file=found["parse_s_per_file"],
        connections=None if most is None else ServerConnections(int(most), 0, None, 0),
        version=version,
    )
