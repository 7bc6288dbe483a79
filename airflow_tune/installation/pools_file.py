"""The file that `airflow pools export` writes and `airflow pools import` reads: pools by name."""

from __future__ import annotations

import json
from pathlib import Path

from airflow_tune.documents.reading import read_text
from airflow_tune.errors import DocumentError
from airflow_tune.metadata.model import Pool

WHAT = "pools file"


def read_pools(path: Path) -> dict[str, Pool]:
    """Return the pools of the file at `path` by name.

    Raises DocumentError for a file that cannot be read, is not JSON, or that Airflow would not import.
    """
    text = read_text(path, what=WHAT)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"the {WHAT} is not JSON: {error}", path) from None
    if not isinstance(found, dict):
        raise _wrong(f"the {WHAT} holds no pools by name", path)
    return {name: _pool(name, fields, path) for name, fields in found.items()}


def _pool(name: str, fields: object, path: Path) -> Pool:
    slots = fields.get("slots") if isinstance(fields, dict) else None
    if not isinstance(fields, dict) or not isinstance(slots, int) or isinstance(slots, bool):
        raise _wrong(f'the pool "{name}" has no whole number of slots', path)
    return Pool(name, slots, fields.get("include_deferred") is True)


def _wrong(tried: str, path: Path) -> DocumentError:
    return DocumentError(tried, where=str(path), remedy="write it with `airflow pools export FILE`")
