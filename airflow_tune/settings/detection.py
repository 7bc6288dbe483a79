"""Which version of Airflow is looked at, and how that is known."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from airflow_tune.errors import SettingsError
from airflow_tune.origins import Origin, OriginKind, assumed
from airflow_tune.settings import installed, location
from airflow_tune.settings.catalog import DATA
from airflow_tune.settings.hint import hint_of
from airflow_tune.versions import KNOWN_MINORS, AirflowVersion

FLAG = "--airflow-version"


class DetectedVersion(NamedTuple):
    """A version and where it was read; `note` says what is special about it, empty if nothing is."""

    version: AirflowVersion
    origin: Origin
    note: str = ""


def detect_version(
    *,
    flag: str | None = None,
    revision: str | None = None,
    home: Path | None = None,
    cfg: Path | None = None,
    env: Mapping[str, str] | None = None,
    python: Path | None = None,
) -> DetectedVersion:
    """Return the version from the first source that knows: the strongest source wins.

    In this order: `flag`; the Alembic `revision` of the metadata DB; the environment of the
    interpreter `python`, of this program, of the `airflow` command on the PATH of `env`; names in
    the configuration file that only one generation has; else the newest known version is assumed.

    Raises SettingsError for a flag that is no version or a file that cannot be read.
    """
    env = os.environ if env is None else env
    if flag is not None:
        return _noted(_flagged(flag), Origin(OriginKind.FLAG, FLAG))
    sources = _sources(revision, home, cfg, env, python)
    found = next(filter(None, sources), None)
    if found:
        return found
    newest = KNOWN_MINORS[-1]
    origin = assumed(f"no Airflow found; {newest} is the newest known one")
    return DetectedVersion(AirflowVersion(newest), origin, f"assumed; say which it is with {FLAG}")


def versions_of_revision(revision: str) -> tuple[str, str] | None:
    """Return the version that brought an Alembic revision and the last minor version that has it.

    From `utils/db.py:_REVISION_HEADS_MAP` of all known versions; None for an unknown revision.
    """
    first_and_last = _revisions().get(revision)
    return (first_and_last[0], first_and_last[1]) if first_and_last else None


def _sources(
    revision: str | None, home: Path | None, cfg: Path | None, env: Mapping[str, str], python: Path | None
) -> Iterator[DetectedVersion | None]:
    yield _by_revision(revision) if revision else None
    yield _by_installation(installed.installed_with(python) if python else None)
    yield _by_installation(installed.installed_here())
    yield _by_installation(installed.installed_on_path(env))
    yield _by_names(home, cfg, env)


def stated(version: AirflowVersion, origin: Origin) -> DetectedVersion:
    """Return `version`, which Airflow itself says to be at `origin`."""
    return _noted(version, origin)


def _flagged(flag: str) -> AirflowVersion:
    try:
        return AirflowVersion(flag)
    except SettingsError as error:
        raise SettingsError(error.tried, where=FLAG, remedy=error.remedy) from None


def _by_revision(revision: str) -> DetectedVersion | None:
    """Take the newest version with the revision: 2.11 kept the schema of 2.10.3."""
    versions = versions_of_revision(revision)
    if versions is None:
        return None
    first, last = versions
    version = AirflowVersion(first)
    note = f"the DB's schema is that of {first}, which later fixes of it have too"
    if version.minor != last:
        version = AirflowVersion(last)
        note = f"the DB's schema is that of {first} to {last}; say which it is with {FLAG}"
    return _noted(version, Origin(OriginKind.DATABASE, f"alembic_version {revision}"), note)


def _by_installation(found: installed.Installed | None) -> DetectedVersion | None:
    if found is None:
        return None
    return _noted(AirflowVersion(found.version), Origin(OriginKind.INSTALLED, found.where))


def _by_names(home: Path | None, cfg: Path | None, env: Mapping[str, str]) -> DetectedVersion | None:
    file = location.read(location.locate(home, cfg, env).cfg_path)
    hint = hint_of(file) if file else None
    if file is None or hint is None:
        return None
    name = ".".join(hint.decided_by)
    origin = Origin(OriginKind.FILE, file.where, hint.line)
    note = f"guessed from {name}, which only Airflow {hint.minor[0]} has; say which it is with {FLAG}"
    return DetectedVersion(AirflowVersion(hint.minor), origin, note)


def _noted(version: AirflowVersion, origin: Origin, note: str = "") -> DetectedVersion:
    if version.known:
        return DetectedVersion(version, origin, note)
    known = f"options of Airflow {version.minor} are not known; those of {version.catalog} are used"
    return DetectedVersion(version, origin, "; ".join(filter(None, [note, known])))


@functools.cache
def _revisions() -> dict[str, list[str]]:
    revisions: dict[str, list[str]] = json.loads((DATA / "revisions.json").read_text(encoding="utf-8"))
    return revisions
