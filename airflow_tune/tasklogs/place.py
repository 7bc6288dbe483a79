"""Where Airflow keeps the log of a try: `[logging] log_filename_template` as both versions ship it."""

from __future__ import annotations

from typing import NamedTuple


class TryKey(NamedTuple):
    """One try of one task instance; `map_index` is -1 for a task that is not mapped."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    try_number: int


def log_place(key: TryKey) -> tuple[str, ...] | None:
    """Return folders and file of the log of `key` below the log folder; None for a name no path holds."""
    parts = [f"dag_id={key.dag_id}", f"run_id={key.run_id}", f"task_id={key.task_id}"]
    if key.map_index >= 0:
        parts.append(f"map_index={key.map_index}")
    parts.append(f"attempt={key.try_number}.log")
    return None if any("/" in part or "\0" in part for part in parts) else tuple(parts)
