"""A history as one file that needs no database: written whole or not at all, and read back the same.

Format, schema 1: a zip archive (deflate) that holds `header.json` and one `.npy` file (numpy's format 1.0,
no pickles) for each column of a History.

- `header.json`: `format` "airflow-tune/snapshot"; `schema` 1; `version` of Airflow; `taken_at` (µs since
  1970, UTC); `has_scheduled`; `notes`; `texts`: name → list of strings for everything that codes point to
  (such as "dags.names", "tries.queues"); `extra`: what the writer put beside it (settings, host), secrets
  masked by the writer. docs/snapshot.md tells it all.
- `<table>.<column>.npy` for the tables dags, tasks, pools, runs, tries, traces, named as in history.model:
  times are `<M8[us]` in UTC with NaT for none, codes and counts are integers, flags booleans.

A reader refuses a greater schema number. A column may be added without one; none is removed or changes
its meaning.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from airflow_tune.errors import ApplyError, SourceError
from airflow_tune.history.cause import CAUSES, NO_TRACES, SOURCES, Traces
from airflow_tune.history.column import AnyArray
from airflow_tune.history.model import DagRuns, Dags, History, Pools, TaskInstances, Tasks
from airflow_tune.versions import AirflowVersion

FORMAT = "airflow-tune/snapshot"
SCHEMA = 1
_HEADER = "header.json"
_TABLES: Mapping[str, type] = {
    "dags": Dags, "tasks": Tasks, "pools": Pools, "runs": DagRuns, "tries": TaskInstances,
    "traces": Traces,
}  # fmt: skip
_TEXTS = ("queues", "operators", "executors", "hosts")
_FAST = 1
"""The compression level: a history of millions is written in seconds, and is half again as large as at 9."""


def _fields(history: History) -> Iterator[tuple[str, Any]]:
    for table, kind in _TABLES.items():
        for name in kind.__slots__:  # type: ignore[attr-defined]
            yield f"{table}.{name}", getattr(getattr(history, table), name)
    for name in _TEXTS:
        yield name, getattr(history, name)


def _header(history: History, extra: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "schema": SCHEMA,
        "version": str(history.version),
        "taken_at": int(history.taken_at.astype(np.int64)),
        "has_scheduled": history.has_scheduled,
        "notes": list(history.notes),
        "texts": {name: list(value) for name, value in _fields(history) if isinstance(value, tuple)},
        "extra": dict(extra),
    }


def _write(path: Path, history: History, extra: Mapping[str, Any]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST) as archive:
        archive.writestr(_HEADER, json.dumps(_header(history, extra)))
        for name, value in _fields(history):
            if isinstance(value, np.ndarray):
                with archive.open(f"{name}.npy", "w", force_zip64=True) as column:
                    npy.write_array(column, value, version=(1, 0), allow_pickle=False)


def write_snapshot(history: History, path: Path, extra: Mapping[str, Any] | None = None) -> None:
    """Write `history` to `path`, with `extra` (JSON values, secrets masked) beside it.

    The file is there whole or not at all, and readable by its owner only. Raises ApplyError where it
    cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        _write(part, history, extra or {})
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise ApplyError(
            f"the snapshot could not be written: {error.strerror}",
            where=str(path),
            remedy="choose a folder that exists, may be written to and has room",
        ) from None


def _broken(path: Path, why: str) -> SourceError:
    return SourceError(
        f"this is no whole snapshot: {why}",
        where=str(path),
        remedy="write it again with `airflow-tune snapshot FILE`",
    )


def _column(archive: zipfile.ZipFile, name: str) -> AnyArray:
    # Read at once: numpy reads a zip's members in many small steps otherwise.
    found: AnyArray = npy.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
    return found


def _table(archive: zipfile.ZipFile, table: str, texts: Mapping[str, list[str]]) -> Any:  # noqa: ANN401 - any table
    kind = _TABLES[table]
    values = {}
    for name in kind.__slots__:  # type: ignore[attr-defined]
        full = f"{table}.{name}"
        values[name] = tuple(texts[full]) if full in texts else _column(archive, full)
    return kind(**values)


def _checked(header: Any, path: Path) -> dict[str, Any]:  # noqa: ANN401 - whatever stood in the file
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise _broken(path, "its header is another program's")
    if header.get("schema", SCHEMA + 1) > SCHEMA:
        raise SourceError(
            f"this snapshot has schema {header.get('schema')}; this version reads up to {SCHEMA}",
            where=str(path),
            remedy="upgrade airflow-tune",
        )
    return header


def _sound(history: History) -> bool:
    """Return whether columns of a table are equally long and codes point at something."""
    tries, rows = history.tries, len(history.tries)
    ends = {"run": len(history.runs), "task": len(history.tasks), "pool": len(history.pools.names)}
    if any(len(getattr(tries, name)) != rows for name in TaskInstances.__slots__):
        return False
    traces = history.traces
    sides = {"row": rows, "cause": len(CAUSES), "sign": len(traces.signs), "source": len(SOURCES)}
    if not all(_within(getattr(traces, name), end, len(traces)) for name, end in sides.items()):
        return False
    return not rows or all(
        int(getattr(tries, name).min()) >= 0 and int(getattr(tries, name).max()) < end
        for name, end in ends.items()
    )


def _within(codes: AnyArray, end: int, rows: int) -> bool:
    return len(codes) == rows and (not rows or (int(codes.min()) >= 0 and int(codes.max()) < end))


def _read(path: Path) -> tuple[History, dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        header = _checked(json.loads(archive.read(_HEADER)), path)
        texts = header["texts"]
        history = History(
            version=AirflowVersion(header["version"]),
            taken_at=np.datetime64(header["taken_at"], "us"),
            has_scheduled=header["has_scheduled"],
            notes=tuple(header["notes"]),
            dags=_table(archive, "dags", texts),
            tasks=_table(archive, "tasks", texts),
            pools=_table(archive, "pools", texts),
            runs=_table(archive, "runs", texts),
            tries=_table(archive, "tries", texts),
            # The first snapshots held none.
            traces=_table(archive, "traces", texts) if "traces.signs" in texts else NO_TRACES,
            queues=tuple(texts["queues"]),
            operators=tuple(texts["operators"]),
            executors=tuple(texts["executors"]),
            hosts=tuple(texts["hosts"]),
        )
    return history, header["extra"]


def read_extra(path: Path) -> dict[str, Any]:
    """Return what was put beside the history in the file at `path`; raises as read_snapshot."""
    with _told(path), zipfile.ZipFile(path) as archive:
        found: dict[str, Any] = _checked(json.loads(archive.read(_HEADER)), path)["extra"]
        return found


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Raise SourceError for what can be wrong with a file that should be a snapshot."""
    try:
        yield
    except OSError as error:
        raise SourceError(
            f"the snapshot could not be read: {error.strerror}", where=str(path), remedy="check its path"
        ) from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, zlib.error) as error:
        raise _broken(path, str(error).strip("'\"") or type(error).__name__) from None


def read_snapshot(path: Path) -> tuple[History, dict[str, Any]]:
    """Return the history in the file at `path`, and what was put beside it.

    Raises SourceError where the file cannot be read, is another program's, cut off, or of a later schema.
    """
    with _told(path):
        history, extra = _read(path)
    if not _sound(history):
        raise _broken(path, "its columns do not fit together")
    return history, extra
