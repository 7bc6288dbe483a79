"""Where things stand in a deployment file, and which of them run on its shared host."""

from __future__ import annotations

from airflow_tune.documents import Document
from airflow_tune.documents.model import Keys

COMPONENTS = ("schedulers", "dag_processors", "triggerers", "api_servers")


def groups_of(document: Document) -> list[Keys]:
    """Return the keys of each group of workers."""
    return [("workers", index) for index in range(len(document.value("workers", default=())))]


def places_of(document: Document) -> list[Keys]:
    """Return the keys of everything that runs: components, then groups of workers."""
    return [*((name,) for name in COMPONENTS if name in document.data), *groups_of(document)]


def shares_host(document: Document, keys: Keys) -> bool:
    """Return whether what stands at `keys` runs on the shared host: as written, or for want of a size."""
    sized = any(document.value(*keys, part) is not None for part in ("cores", "memory"))
    return bool(document.value(*keys, "shared_host", default=not sized))


def size_at(document: Document, keys: Keys, part: str) -> Keys:
    """Return where "cores" or "memory" of what stands at `keys` is written: there, or at the shared host."""
    return ("host", part) if document.value(*keys, part) is None else (*keys, part)
