"""A DAG as Airflow serialized it: the tasks, their limits, and which come after which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airflow_tune.dags.serialized import Fields, document_of, fields_of

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


def _number(value: Any, default: float) -> float:  # noqa: ANN401 - JSON of Airflow's making
    return float(value) if isinstance(value, int | float) else default


def _limit(value: Any) -> int | None:  # noqa: ANN401 - JSON of Airflow's making
    return value if isinstance(value, int) else None


def _task(fields: Fields) -> GraphTask:
    return GraphTask(
        name=str(fields.layers[0]["task_id"]),
        downstream=tuple(fields.get("downstream_task_ids") or ()),
        trigger_rule=str(fields.get("trigger_rule") or DEFAULT_TRIGGER_RULE),
        depends_on_past=bool(fields.get("depends_on_past")),
        retries=int(_number(fields.get("retries"), 0)),
        retry_delay_s=_number(fields.get("retry_delay"), DEFAULT_RETRY_DELAY_S),
        # 3.x keeps a multiplier (0 for none) where 2.x keeps a flag.
        retry_exponential=bool(fields.get("retry_exponential_backoff")),
        max_active_tis_per_dag=_limit(fields.get("max_active_tis_per_dag")),
        max_active_tis_per_dagrun=_limit(fields.get("max_active_tis_per_dagrun")),
    )


def read_graph(data: object, compressed: bytes | None = None) -> tuple[GraphTask, ...]:
    """Return the tasks of one row of `serialized_dag`, in file order.

    Raises ValueError where the row is none of Airflow's.
    """
    try:
        return tuple(map(_task, fields_of(document_of(data, compressed))))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no serialized DAG: {error}") from error
