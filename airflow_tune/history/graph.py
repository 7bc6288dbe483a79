"""A DAG as Airflow serialized it: the tasks, their limits, and which come after which.

Format of 2.x (`__version` 1) and 3.x (2, 3), read in Airflow's `serialization/serialized_objects.py`
and `serialization/schema.json`: a field is omitted where it equals the schema's default, a mapped
task keeps its fields in `partial_kwargs`, and 3.x may set defaults of an installation in
`client_defaults.tasks`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_RETRY_DELAY_S = 300.0
DEFAULT_TRIGGER_RULE = "all_success"


@dataclass(frozen=True, slots=True)
class GraphTask:
    """One task of a serialized DAG; a limit that is not set is None."""

    name: str
    downstream: tuple[str, ...]
    trigger_rule: str
    depends_on_past: bool
    retries: int
    retry_delay_s: float
    retry_exponential: bool
    max_active_tis_per_dag: int | None
    max_active_tis_per_dagrun: int | None


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON of Airflow's making
    return value["__var"] if isinstance(value, Mapping) and "__var" in value else value


def _number(value: Any, default: float) -> float:  # noqa: ANN401 - JSON of Airflow's making
    plain = _plain(value)
    return float(plain) if isinstance(plain, int | float) else default


def _limit(value: Any) -> int | None:  # noqa: ANN401 - JSON of Airflow's making
    plain = _plain(value)
    return plain if isinstance(plain, int) else None


def _task(fields: Mapping[str, Any], defaults: Mapping[str, Any]) -> GraphTask:
    partial = _plain(fields.get("partial_kwargs") or {})
    layers = (fields, partial, defaults)

    def get(name: str) -> Any:  # noqa: ANN401 - JSON of Airflow's making
        return next((layer[name] for layer in layers if layer.get(name) is not None), None)

    return GraphTask(
        name=str(fields["task_id"]),
        downstream=tuple(fields.get("downstream_task_ids") or ()),
        trigger_rule=str(get("trigger_rule") or DEFAULT_TRIGGER_RULE),
        depends_on_past=bool(get("depends_on_past")),
        retries=int(_number(get("retries"), 0)),
        retry_delay_s=_number(get("retry_delay"), DEFAULT_RETRY_DELAY_S),
        # 3.x keeps a multiplier (0 for none) where 2.x keeps a flag.
        retry_exponential=bool(_plain(get("retry_exponential_backoff"))),
        max_active_tis_per_dag=_limit(get("max_active_tis_per_dag")),
        max_active_tis_per_dagrun=_limit(get("max_active_tis_per_dagrun")),
    )


def read_graph(data: object, compressed: bytes | None = None) -> tuple[GraphTask, ...]:
    """Return the tasks of one row of `serialized_dag`, in file order.

    `data` is the column of that name (a JSON text or what a driver made of it), `compressed` the
    column `data_compressed` (zlib) that stands in for it under `compress_serialized_dags`.
    Raises ValueError where the row is none of Airflow's.
    """
    try:
        text = zlib.decompress(compressed) if compressed is not None else data
        document: Any = json.loads(text) if isinstance(text, str | bytes | bytearray) else text
        defaults = (document.get("client_defaults") or {}).get("tasks") or {}
        return tuple(_task(_plain(task), defaults) for task in document["dag"]["tasks"])
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no serialized DAG: {error}") from error
