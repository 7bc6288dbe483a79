"""A DAG as Airflow serialized it into its metadata DB, or tells of it by its API.

Format of 2.x (`__version` 1) and 3.x (2, 3), read in Airflow's `serialization/serialized_objects.py` and
`serialization/schema.json`: a field is omitted where it equals the schema's default, a mapped task keeps
its fields in `partial_kwargs`, and 3.x may set defaults of an installation in `client_defaults.tasks`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from airflow_tune.dags.model import OPERATOR_DEFAULTS, Dag, Edge, Place, Task

LIMITS = ("max_active_tis_per_dag", "max_active_tis_per_dagrun")
TASK = (*OPERATOR_DEFAULTS, *LIMITS, "max_retry_delay", "deferrable")
DAG = ("catchup", "start_date", "end_date", "max_active_tasks", "max_active_runs", "dagrun_timeout")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one serialized task: its own, those of its mapping, the installation's defaults."""

    layers: tuple[Mapping[str, Any], ...]

    def get(self, name: str) -> Any:  # noqa: ANN401 - JSON of Airflow's making
        """Return a field as a plain value; None where the schema's default holds."""
        found = next((layer[name] for layer in self.layers if layer.get(name) is not None), None)
        return unwrapped(found)


def unwrapped(value: Any) -> Any:  # noqa: ANN401 - JSON of Airflow's making
    """Return what Airflow wrapped with its type, such as a timedelta's seconds."""
    return value["__var"] if isinstance(value, Mapping) and "__var" in value else value


def document_of(data: object, compressed: bytes | None = None) -> Mapping[str, Any]:
    """Return the document of one row of `serialized_dag`.

    `data` is the column of that name (a JSON text or what a driver made of it), `compressed` the column
    `data_compressed` (zlib) that stands in for it under `compress_serialized_dags`. Raises ValueError where
    the row is none of Airflow's.
    """
    try:
        text = zlib.decompress(compressed) if compressed is not None else data
        document: Any = json.loads(text) if isinstance(text, str | bytes | bytearray) else text
    except (zlib.error, ValueError) as error:
        raise ValueError(f"no serialized DAG: {error}") from error
    if not isinstance(document, Mapping) or not isinstance(document.get("dag"), Mapping):
        raise ValueError("no serialized DAG: there is no DAG in it")  # noqa: TRY004 - as for all that is none
    return document


def fields_of(document: Mapping[str, Any]) -> Iterator[Fields]:
    """Yield the tasks of a document, in the order of the file."""
    defaults = (document.get("client_defaults") or {}).get("tasks") or {}
    for task in document["dag"]["tasks"]:
        own = unwrapped(task)
        yield Fields((own, unwrapped(own.get("partial_kwargs") or {}), defaults))


def serialized_dag(document: Mapping[str, Any], source: str) -> Dag:
    """Return the DAG of a document with all that it tells; `source` names where it was read.

    Raises ValueError where a part is not as Airflow writes it.
    """
    try:
        dag, place = document["dag"], Place(source, 0)
        tasks = list(fields_of(document))
        # 2.x writes some of them as the attributes are called.
        told = {name: unwrapped(dag.get(name, dag.get(f"_{name}"))) for name in DAG}
        given = {name: value for name, value in told.items() if value is not None}
        given |= schedule_of(dag)
        edges = ((fields.get("task_id"), fields.get("downstream_task_ids") or ()) for fields in tasks)
        built = tuple(_task(fields, place) for fields in tasks)
        return Dag(str(dag.get("_dag_id") or dag["dag_id"]), place, given, built, edges_of(edges, place))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no serialized DAG: {error}") from error


def schedule_of(dag: Mapping[str, Any]) -> dict[str, object]:
    """Return the schedule as a person would write it: the cron text, else the timetable's class."""
    if dag.get("schedule_interval") is not None:
        return {"schedule": unwrapped(dag["schedule_interval"])}
    timetable = dag.get("timetable") or {}
    told = unwrapped(timetable)
    expression = told.get("expression") if isinstance(told, Mapping) else None
    kind = str(timetable.get("__type", "")).rpartition(".")[2]
    return {"schedule": None if kind == "NullTimetable" else expression or kind} if kind else {}


def edges_of(below: Iterable[tuple[str, Iterable[str]]], place: Place) -> tuple[Edge, ...]:
    """Return edges from the tasks that come after each task, in a fixed order."""
    return tuple(Edge(up, down, place) for up, downs in below for down in sorted(downs))


def _task(fields: Fields, place: Place) -> Task:
    name = str(fields.get("task_id"))
    given = {key: value for key in TASK if (value := fields.get(key)) is not None}
    # 2.x does not say that a task is a sensor, only that one is rescheduled.
    if fields.get("reschedule") or fields.get("_is_sensor"):
        given["mode"] = "reschedule" if fields.get("reschedule") else "poke"
    return Task(
        name,
        name,
        str(fields.get("_operator_name") or fields.get("task_type") or fields.get("_task_type") or ""),
        place,
        name.rpartition(".")[0],
        bool(fields.get("_is_mapped")),
        bool(fields.get("is_setup")),
        bool(fields.get("is_teardown")),
        {**OPERATOR_DEFAULTS, **given},
    )
