"""The same history under other names: numbers kept, what names could give away taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from airflow_tune.history.model import History

KEPT = {"default_pool", "default", ""}
"""Names that Airflow gives itself: they give nothing away."""


def _numbered(names: Sequence[str], what: str) -> tuple[str, ...]:
    width = len(str(len(names)))
    return tuple(name if name in KEPT else f"{what}-{at:0{width}d}" for at, name in enumerate(names, start=1))


def anonymized(history: History) -> History:
    """Return `history` with DAGs, tasks, DAG runs, pools, queues and hosts renamed to their numbers.

    The same name becomes the same number throughout. Operators and executors keep their names: classes
    are what figures by operator are about. Notes that name a DAG are left out.
    """
    names = history.dags.names
    return replace(
        history,
        dags=replace(history.dags, names=_numbered(names, "dag")),
        tasks=replace(history.tasks, names=_numbered(history.tasks.names, "task")),
        pools=replace(history.pools, names=_numbered(history.pools.names, "pool")),
        runs=replace(history.runs, run_ids=_numbered(history.runs.run_ids, "run")),
        queues=_numbered(history.queues, "queue"),
        hosts=_numbered(history.hosts, "host"),
        notes=tuple(note for note in history.notes if not any(name in note for name in names)),
    )
