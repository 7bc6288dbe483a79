"""Reading an installation from what the flags name, each part from where Airflow would find it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_tune.deployment.local import local_deployment
from airflow_tune.deployment.model import Deployment
from airflow_tune.errors import SettingsError, UsageError
from airflow_tune.executors import parse_executors
from airflow_tune.footprints import footprint
from airflow_tune.host import Host, read_host
from airflow_tune.installation.benched import benched_host, with_bench
from airflow_tune.installation.dag_folder import count_dag_files
from airflow_tune.installation.model import DEFAULT_POOL, Installation
from airflow_tune.installation.sources import FROM_SETTINGS, Sources
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind, assumed
from airflow_tune.profiles import load_profile
from airflow_tune.settings.detection import DetectedVersion, detect_version, stated
from airflow_tune.settings.load import load_settings
from airflow_tune.settings.settings import Settings
from airflow_tune.suite.document import read_suite
from airflow_tune.units import parse_bytes, parse_cores

if TYPE_CHECKING:
    from airflow_tune.installation.kept import Kept
    from airflow_tune.metadata.model import MetadataFacts


def read_installation(sources: Sources) -> Installation:
    """Read everything that `sources` name.

    Raises a TuneError of the layer concerned where something that was asked for by a flag cannot
    be read, or where Airflow itself would refuse a setting; what nobody asked for and is missing
    becomes a note.
    """
    kept = _kept(sources)
    facts = kept.facts if kept else _facts(sources)
    detected = _version(sources, facts)
    settings = kept.settings if kept and kept.settings.version == detected.version else None
    settings = settings or _settings(sources, detected)
    if sources.db == FROM_SETTINGS:
        facts = _database_facts(database_url(sources.db, settings))
        # The schema knows better than the environment which Airflow this is.
        detected = _version(sources, facts)
        settings = _settings(sources, detected)
    suite = read_suite(sources.bench) if sources.bench is not None else None
    host = _host(sources, kept.host if kept else None)
    host = host if suite is None or sources.cores is not None else benched_host(host, suite)
    profile = load_profile(sources.profile)
    dag_files = _dag_files(sources, settings, facts)
    found = Installation(
        version=detected.version,
        version_origin=detected.origin,
        settings=settings,
        executors=parse_executors(
            settings.text("core", "executor") or "",
            detected.version,
            where=str(settings.get("core", "executor").origin),
        ),
        host=host,
        deployment=_deployment(sources, host, settings, facts),
        profile=profile,
        footprint=footprint(detected.version),
        default_pool=_default_pool(settings, facts),
        pools=_pools(facts),
        dag_files=dag_files,
        parse_s_per_file=_parse_seconds(facts) or profile.parsing.seconds_per_file,
        notes=(*([detected.note] if detected.note else []), *_notes(facts, dag_files)),
    )
    return found if suite is None else with_bench(found, suite)


def _version(sources: Sources, facts: MetadataFacts | None) -> DetectedVersion:
    if sources.airflow_version is None and facts is not None and facts.version is not None:
        return stated(facts.version, facts.origin)
    return detect_version(
        flag=sources.airflow_version,
        revision=facts.revision if facts else None,
        home=sources.airflow_home,
        cfg=sources.cfg,
        env=sources.env,
    )


def _settings(sources: Sources, detected: DetectedVersion) -> Settings:
    if sources.cfg is not None and not sources.cfg.exists():
        raise UsageError(
            "there is no such file", where=str(sources.cfg), remedy="name the airflow.cfg with --cfg"
        )
    settings = load_settings(
        version=detected.version,
        home=sources.airflow_home,
        cfg=sources.cfg,
        env=sources.env,
        allow_commands=sources.allow_commands,
    )
    _require_sound(settings)
    return settings


def _require_sound(settings: Settings) -> None:
    """Raise one SettingsError that names every setting with which Airflow would not work."""
    wrong = [f"{one.origin}: {one.name} {one.problem}" for one in settings.problems()]
    wrong += [settings.refusal] if settings.refusal else []
    if wrong:
        raise SettingsError(
            "Airflow refuses these settings:\n" + "\n".join(f"  {line}" for line in wrong),
            remedy="mend them first: nothing can be computed from what Airflow does not read",
        )


def _kept(sources: Sources) -> Kept | None:
    """Return what the snapshot keeps of its installation, where no flag names another one."""
    if (
        sources.snapshot is None
        or sources.live
        or sources.cfg is not None
        or sources.airflow_home is not None
    ):
        return None
    from airflow_tune.installation.kept import installation_kept  # noqa: PLC0415 - brings numpy along

    return installation_kept(sources.snapshot)


def _facts(sources: Sources) -> MetadataFacts | None:
    """Return the facts of the DB or API server that a flag names; None where none does, or settings do."""
    if sources.api is not None:
        from airflow_tune.api.facts import read_facts  # noqa: PLC0415 - an extra, and slow to import

        return read_facts(sources.api)
    return _database_facts(sources.db) if sources.db not in (None, FROM_SETTINGS) else None


def _database_facts(url: str | None) -> MetadataFacts:
    from airflow_tune.metadata.facts import read_facts  # noqa: PLC0415 - SQLAlchemy only where a DB is read

    return read_facts(url or "")


def database_url(db: str, settings: Settings) -> str:
    """Return the URL of the metadata DB that --db `db` means; raise UsageError where nothing names one."""
    if db != FROM_SETTINGS:
        return db
    url = settings.text("database", "sql_alchemy_conn")
    if not url:
        raise UsageError(
            "the settings name no metadata DB",
            where=f"{settings.get('database', 'sql_alchemy_conn').origin}",
            remedy="give its URL with --db",
        )
    return url


def _host(sources: Sources, kept: Host | None) -> Host:
    return (kept or read_host()).with_overrides(
        cores=None if sources.cores is None else parse_cores(sources.cores, where="--cores"),
        memory_bytes=None if sources.memory is None else parse_bytes(sources.memory, where="--memory"),
    )


def _deployment(sources: Sources, host: Host, settings: Settings, facts: MetadataFacts | None) -> Deployment:
    standalone = settings.version.dag_processor_is_separate or (
        settings.boolean("scheduler", "standalone_dag_processor") is True
    )
    if sources.deployment is not None:
        from airflow_tune.deployment.reading import load_deployment  # noqa: PLC0415 - few runs are given one

        found = load_deployment(sources.deployment)
    else:
        found = local_deployment(host, separate_dag_processor=standalone)
    if sources.workers is not None:
        found = found.with_workers(sources.workers)
    if facts is None or facts.max_connections is None or found.database.max_connections is not None:
        return found
    # `usable` of the server has the reserved connections taken off already.
    granted = Measured(facts.max_connections, facts.origin)
    database = replace(
        found.database, max_connections=granted, reserved_connections=Measured(0, facts.origin)
    )
    return replace(found, database=database)


def _default_pool(settings: Settings, facts: MetadataFacts | None) -> Measured[int]:
    pools = _pools(facts)
    if DEFAULT_POOL in pools:
        return pools[DEFAULT_POOL]
    setting = settings.get("core", "default_pool_task_slot_count")
    slots = settings.integer("core", "default_pool_task_slot_count") or 0
    return Measured(slots, assumed(f"as created from core.default_pool_task_slot_count ({setting.origin})"))


def _pools(facts: MetadataFacts | None) -> dict[str, Measured[int]]:
    return {pool.name: Measured(pool.slots, facts.origin) for pool in facts.pools} if facts else {}


def _dag_files(sources: Sources, settings: Settings, facts: MetadataFacts | None) -> Measured[int] | None:
    if sources.dags is None and facts is not None and facts.dag_files is not None:
        return Measured(facts.dag_files, facts.origin)
    folder = sources.dags or Path(settings.text("core", "dags_folder") or "dags")
    if folder.is_dir():
        return Measured(count_dag_files(folder), Origin(OriginKind.FILE, str(folder)))
    if sources.dags is not None:
        raise UsageError(
            "there is no such folder", where=str(folder), remedy="name the DAG folder with --dags"
        )
    return None


def _parse_seconds(facts: MetadataFacts | None) -> Measured[float] | None:
    if facts is None or facts.parse_s_per_file is None:
        return None
    return Measured(facts.parse_s_per_file, facts.origin)


def _notes(facts: MetadataFacts | None, dag_files: Measured[int] | None) -> list[str]:
    notes = []
    if facts is None:
        notes.append("no metadata DB was read: pools are taken as Airflow creates them (--db reads them)")
    if dag_files is None:
        notes.append("no DAG folder was found: parsing is judged without it (--dags names it)")
    return notes
