"""What sizing needs to know, as an API server tells it: pools, and DAGs by their files."""

from __future__ import annotations

from contextlib import closing
from statistics import fmean

from airflow_tune.api.access import Access
from airflow_tune.api.paging import Row, all_rows
from airflow_tune.api.session import Session
from airflow_tune.metadata.model import MetadataFacts, Pool
from airflow_tune.origins import Origin, OriginKind


def listed_dags(session: Session) -> list[Row]:
    """Return all DAGs that the user may read, stale ones too."""

    def fetch(offset: int, limit: int) -> list[Row]:
        return session.rows("dags", "DAGApi", "get_dags", limit=limit, offset=offset, exclude_stale=False)

    return list(all_rows(fetch, session.access.page_limit, lambda row: row["dag_id"]))


def listed_pools(session: Session) -> list[Row]:
    """Return all pools, by name."""

    def fetch(offset: int, limit: int) -> list[Row]:
        return session.rows("pools", "PoolApi", "get_pools", limit=limit, offset=offset)

    found = all_rows(fetch, session.access.page_limit, lambda row: row["name"])
    return sorted(found, key=lambda row: str(row["name"]))


def read_facts(access: Access) -> MetadataFacts:
    """Return the facts as the API server of `access` tells them; raises SourceError as Session does."""
    with closing(Session(access)) as session:
        return facts_of(session)


def facts_of(session: Session) -> MetadataFacts:
    """Return what the REST API has of the facts: no revision of the schema, no connections."""
    dags = [row for row in listed_dags(session) if not row["is_stale"]]
    files = {row["fileloc"]: row["last_parse_duration"] for row in dags}
    parsed = [float(seconds) for seconds in files.values() if seconds is not None]
    pools = (
        Pool(str(row["name"]), int(row["slots"]), bool(row["include_deferred"]))
        for row in listed_pools(session)
    )
    return MetadataFacts(
        origin=Origin(OriginKind.API, session.access.base),
        dialect="",
        revision=None,
        pools=tuple(pools),
        dag_count=len(dags),
        unpaused_dag_count=sum(not row["is_paused"] for row in dags),
        dag_files=len(files),
        parse_s_per_file=fmean(parsed) if parsed else None,
        connections=None,
        version=session.version,
    )
