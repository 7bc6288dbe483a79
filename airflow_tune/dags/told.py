"""A DAG as the REST API of 3.x tells of it: less than a serialized DAG holds, and in its own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow_tune.dags.model import Dag, Place, Task
from airflow_tune.dags.serialized import edges_of

DAG = ("max_active_tasks", "max_active_runs")
TASK = (
    *("pool", "pool_slots", "queue", "priority_weight", "weight_rule", "trigger_rule"),
    *("retries", "retry_exponential_backoff", "depends_on_past", "wait_for_downstream"),
)
DURATIONS = ("retry_delay", "execution_timeout")


def told_dag(dag: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]], source: str) -> Dag:
    """Return the DAG of a row of `/dags` and of the rows of its `/tasks`."""
    place = Place(source, 0)
    given = {name: dag[name] for name in DAG if dag.get(name) is not None}
    if "timetable_summary" in dag:
        given["schedule"] = dag["timetable_summary"]
    below = ((row["task_id"], row["downstream_task_ids"] or ()) for row in tasks)
    return Dag(dag["dag_id"], place, given, tuple(_task(row, place) for row in tasks), edges_of(below, place))


def _task(row: Mapping[str, Any], place: Place) -> Task:
    given = {name: _whole(row[name]) for name in TASK if row.get(name) is not None}
    given |= {name: seconds(row[name]) for name in DURATIONS if row.get(name) is not None}
    name, mapped = row["task_id"], bool(row.get("is_mapped"))
    operator, group = row.get("operator_name") or "", name.rpartition(".")[0]
    return Task(name, name, operator, place, group, mapped, arguments=given)


def _whole(value: object) -> object:
    """Return a number without the point that the API writes into whole ones."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def seconds(delay: Mapping[str, Any]) -> float:
    """Return a duration of the API in seconds."""
    parts = {name: delay.get(name, 0) for name in ("days", "seconds", "microseconds")}
    return timedelta(**parts).total_seconds()
