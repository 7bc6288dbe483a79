"""From a deployment file to a Deployment in which every number says its line."""

from __future__ import annotations

from pathlib import Path

from airflow_tune.deployment.component import Component, Size, WorkerGroup
from airflow_tune.deployment.contradiction import contradictions
from airflow_tune.deployment.database import RESERVED, Database, Pooler
from airflow_tune.deployment.layout import groups_of, shares_host, size_at
from airflow_tune.deployment.model import Deployment
from airflow_tune.documents import Document, load_document, load_schema
from airflow_tune.documents.model import Keys
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind, assumed


def load_deployment(path: Path) -> Deployment:
    """Return what the deployment file at `path` describes; docs/deployment.md tells its keys.

    Raises one DocumentError that lists, each with its line, everything that is unknown, missing,
    wrongly written or contradictory.
    """
    schema = load_schema("airflow_tune.deployment")
    document = load_document(path, schema, what="deployment file", kind=OriginKind.DEPLOYMENT)
    problems = tuple(contradictions(document))
    if problems:
        raise document.refusal(problems)
    return _deployment(document)


def _deployment(document: Document) -> Deployment:
    schedulers = _component(document, "schedulers")
    return Deployment(
        schedulers=schedulers,
        dag_processors=_optional(document, "dag_processors"),
        triggerers=_optional(document, "triggerers"),
        api_servers=_optional(document, "api_servers"),
        workers=tuple(_group(document, keys) for keys in groups_of(document)),
        database=_database(document),
        origin=Origin(OriginKind.DEPLOYMENT, str(document.path)),
        host=_size(document, "host") if "host" in document.data else None,
    )


def _optional(document: Document, name: str) -> Component | None:
    return _component(document, name) if name in document.data else None


def _component(document: Document, name: str) -> Component:
    size = _size(document, name)
    return Component(
        count=_count(document, name),
        cores=size.cores,
        memory_bytes=size.memory_bytes,
        shares_host=shares_host(document, (name,)),
        workers=_number(document, name, "workers"),
    )


def _group(document: Document, keys: Keys) -> WorkerGroup:
    size = _size(document, *keys)
    return WorkerGroup(
        name=document.value(*keys, "name"),
        count=_count(document, *keys),
        cores=size.cores,
        memory_bytes=size.memory_bytes,
        queues=tuple(document.value(*keys, "queues", default=())),
        executor=document.value(*keys, "executor"),
        pod=_size(document, *keys, "pod") if document.value(*keys, "pod") else None,
        shares_host=shares_host(document, keys),
        concurrency=_number(document, *keys, "concurrency"),
    )


def _size(document: Document, *keys: str | int) -> Size:
    return Size(
        document.cores_at(*size_at(document, keys, "cores")),
        document.bytes_at(*size_at(document, keys, "memory")),
    )


def _count(document: Document, *keys: str | int) -> Measured[int]:
    unwritten = Measured(1, assumed(f"one, for {document.origin(*keys)} gives no count"))
    return _number(document, *keys, "count") or unwritten


def _number(document: Document, *keys: str | int) -> Measured[int] | None:
    return None if document.value(*keys) is None else document.count_at(*keys)


def _database(document: Document) -> Database:
    return Database(
        max_connections=_number(document, "database", "max_connections"),
        reserved_connections=_number(document, "database", "reserved_connections") or RESERVED,
        pooler=_pooler(document) if document.value("database", "pooler") else None,
    )


def _pooler(document: Document) -> Pooler:
    keys = ("database", "pooler")
    return Pooler(
        kind=document.value(*keys, "kind"),
        mode=document.value(*keys, "mode"),
        max_client_connections=document.count_at(*keys, "max_client_connections"),
        server_connections=document.count_at(*keys, "server_connections"),
    )
