"""What lint's flags name beside the files: pools, settings, version and history."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from airflow_tune.cli.past import check_sources, read, with_xcoms
from airflow_tune.history.model import History
from airflow_tune.installation.model import Installation
from airflow_tune.installation.past import Past, past_of_snapshot
from airflow_tune.installation.pools_file import read_pools
from airflow_tune.installation.read import read_installation
from airflow_tune.installation.sources import Sources
from airflow_tune.lint.project import Knowledge
from airflow_tune.metadata.model import Pool
from airflow_tune.origins import OriginKind
from airflow_tune.versions import AirflowVersion


def knowledge(sources: Sources, pools: Path | None) -> Knowledge:
    """Return what flags name; raises the TuneError of a source that cannot be read."""
    check_sources(sources)
    installation = _installation(sources)
    past = _past(sources, installation)
    history = past.history if past is not None else None
    return Knowledge(
        datetime.now(timezone.utc),
        _version(sources, installation, history),
        read_pools(pools) if pools else _pools(history),
        installation.settings if installation else None,
        history,
        xcoms=past.xcoms if past is not None else {},
    )


def _installation(sources: Sources) -> Installation | None:
    return read_installation(sources) if sources.cfg is not None or sources.live else None


def _past(sources: Sources, installation: Installation | None) -> Past | None:
    """Return the history with the sizes of what tasks pushed, which REST does not tell."""
    if sources.snapshot is not None:
        return past_of_snapshot(sources.snapshot)
    if installation is None or not sources.live:
        return None
    return with_xcoms(read(installation, sources), installation, sources)


def _version(
    sources: Sources, installation: Installation | None, history: History | None
) -> AirflowVersion | None:
    if sources.airflow_version is not None:
        return AirflowVersion(sources.airflow_version)
    if installation is not None and installation.version_origin.kind is not OriginKind.ASSUMED:
        return installation.version
    return history.version if history is not None else None


def _pools(history: History | None) -> dict[str, Pool] | None:
    if history is None:
        return None
    rows = zip(history.pools.names, history.pools.slots, history.pools.include_deferred, strict=True)
    return {name: Pool(name, int(slots), bool(deferred)) for name, slots, deferred in rows}
