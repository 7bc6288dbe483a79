"""What project-level rules know of one file: small records of plain values, which can be pickled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from airflow_tune.dags.model import OPERATOR_DEFAULTS, Name, Task, Unknown
from airflow_tune.dags.timezone import timezone_of
from airflow_tune.dags.values.zone import HOME
from airflow_tune.lint.called import Used, by_task, used
from airflow_tune.lint.dataflow.chain import Chain, chains_of
from airflow_tune.lint.shape import Shape
from airflow_tune.lint.subject import Subject
from airflow_tune.lint.workload import workload_of

DAG_ARGUMENTS = frozenset(
    {
        *("schedule", "schedule_interval", "timetable", "catchup", "start_date", "end_date"),
        *("max_active_runs", "max_active_tasks", "concurrency", "is_paused_upon_creation"),
    }
)
TASK_ARGUMENTS = frozenset(
    {
        *("pool", "pool_slots", "queue", "priority_weight", "weight_rule", "deferrable", "mode"),
        *("max_active_tis_per_dag", "max_active_tis_per_dagrun", "task_concurrency", "depends_on_past"),
        *("retries", "executor", "trigger_dag_id", "external_dag_id", "wait_for_completion"),
    }
)
PLAIN = (str, int, float, type(None), date, datetime, time, timedelta, Unknown)
ELASTIC = re.compile(
    r"(aws|google_cloud|gcp|azure|wasb|adls|kubernetes|docker|spark|databricks|slack|smtp|fs)_"
)
"""Arguments whose connections stand for a whole cloud, or for what bounds itself."""
ALONE = re.compile(
    r"^((Empty|Dummy|Bash|LatestOnly|TriggerDagRun|ExternalTask|(Branch|ShortCircuit|External)?Python)\w*|"
    r"@task(\.bash|\.branch|\.short_circuit|\.virtualenv|\.external_python)?)$"
)
"""Operators that take no connection: what default_args say of one is for the others."""


class TaskFacts(NamedTuple):
    """One task: where it stands, and those of its arguments that limits and pools depend on.

    `arguments` holds what was given (default_args resolved), as plain values or Unknown; use
    `argument` for Airflow's default where nothing was. `connections` are the ids of the connections
    that it names, `workload` what it mostly does (see workload.py), "" where that is not known. `below`
    counts the tasks that wait for it, directly or not; `level` is the number of edges of the longest
    path that leads to it.
    """

    key: str
    operator: str
    file: str
    line: int
    mapped: bool
    arguments: Mapping[str, object]
    connections: tuple[str, ...] = ()
    workload: str = ""
    below: int = 0
    level: int = 0

    def argument(self, name: str) -> object:
        """Return an argument as given, else Airflow's default, else None."""
        return self.arguments.get(name, OPERATOR_DEFAULTS.get(name))


class DagFacts(NamedTuple):
    """One DAG of a file, with the arguments in DAG_ARGUMENTS that were given.

    `zone` is the name of its time zone, HOME ("") for core.default_timezone, None where it is not known.
    """

    dag_id: Name
    file: str
    line: int
    complete: bool
    arguments: Mapping[str, object]
    tasks: tuple[TaskFacts, ...]
    zone: str | None = HOME


class FileFacts(NamedTuple):
    """What is kept of one file for the rules that judge all files together."""

    file: str
    dags: tuple[DagFacts, ...] = ()
    root: str = ""
    chains: tuple[Chain, ...] = ()


def facts_of(subject: Subject) -> FileFacts:
    """Return the facts of a file."""
    functions = used(subject.index) if subject.shapes else {}
    dags = tuple(_dag(shape, functions) for shape in subject.shapes)
    return FileFacts(subject.file, dags, subject.root, tuple(chains_of(subject)))


def _dag(shape: Shape, functions: dict[str, Used]) -> DagFacts:
    dag = shape.dag
    tasks = tuple(_task(task, shape, functions) for task in dag.tasks)
    kept, zone = _kept(dag.arguments, DAG_ARGUMENTS), timezone_of(dag.arguments)
    return DagFacts(dag.dag_id, dag.place.file, dag.place.line, dag.complete, kept, tasks, zone)


def _task(task: Task, shape: Shape, functions: dict[str, Used]) -> TaskFacts:
    own = by_task(task, functions)
    connections = sorted(_connections(task) | own.connections)
    kept = _kept(task.arguments, TASK_ARGUMENTS)
    place = task.place
    return TaskFacts(
        task.key,
        task.operator,
        place.file,
        place.line,
        task.mapped,
        kept,
        tuple(connections),
        workload_of(task) or ("" if len(own.works) != 1 else min(own.works)),
        len(shape.after.of(task.key)) if shape.small else 0,
        shape.levels.get(task.key, 0),
    )


def _connections(task: Task) -> set[str]:
    """Return the connections that an operator is given."""
    if ALONE.match(task.operator):
        return set()
    return {
        value
        for name, value in task.arguments.items()
        if name.endswith("conn_id") and isinstance(value, str) and value and not ELASTIC.match(name)
    }


def _kept(arguments: Mapping[str, object], names: frozenset[str]) -> dict[str, object]:
    """Return the named arguments; what is not plain becomes Unknown by its type."""
    return {
        name: value if isinstance(value, PLAIN) else Unknown(f"a {type(value).__name__}")
        for name, value in arguments.items()
        if name in names
    }
