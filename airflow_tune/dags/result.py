"""From values under construction to the finished model, which holds on to nothing of the reading."""

from __future__ import annotations

from airflow_tune.dags.interpret.truth import PLAIN
from airflow_tune.dags.model import MISSING, Dag, Edge, Reference, Task, Unknown
from airflow_tune.dags.values.function import Function
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue, XCom
from airflow_tune.dags.values.klass import Class, Instance
from airflow_tune.dags.values.symbol import Opaque, Symbol
from airflow_tune.dags.values.taskflow import Decorated

DEEP = 6
"""Levels of containers inside an argument that are kept."""
LONG = 1000
"""Elements of a container inside an argument that are kept."""


def dag_of(dag: DagValue) -> Dag:
    """Return the finished DAG."""
    if isinstance(dag.dag_id, Unknown):
        dag.doubt(dag.dag_id)
    edges = tuple(
        Edge(task.key, below.key, dag.edges.get((task.key, below.key), below.place))
        for task in dag.tasks.values()
        for below in task.downstream
    )
    tasks = tuple(task_of(task) for task in dag.tasks.values())
    return Dag(dag.dag_id, dag.place, arguments(dag.arguments), tasks, edges, tuple(dag.doubts.values()))


def task_of(task: TaskValue) -> Task:
    """Return the finished task."""
    group = task.group.group_id if task.group is not None else ""
    return Task(
        task.key,
        task.task_id,
        task.operator,
        task.place,
        group if isinstance(group, str) else "",
        task.mapped,
        task.is_setup,
        task.is_teardown,
        arguments(task.arguments),
        over_of(task),
    )


def over_of(task: TaskValue) -> tuple[str, ...]:
    """Return the names of the arguments that a mapped task is expanded over."""
    found = task.extra.get("mapped over", ())
    return tuple(str(name) for name in found) if isinstance(found, tuple) else ()


def arguments(given: dict[str, object]) -> dict[str, object]:
    """Return arguments as plain values, references and unknowns."""
    return {name: settled(value, 0) for name, value in given.items()}


def settled(value: object, depth: int) -> object:
    """Return a value without anything of the reading in it."""
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool:
        return value
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return container(value, depth)
    if kind in PLAIN:
        return value
    if isinstance(value, Unknown):
        plain = value.default is MISSING or isinstance(value.default, (str, int, float, type(None)))
        return value if plain else Unknown(value.reason, value.line, settled(value.default, depth + 1))
    return reference(value)


def container(value: object, depth: int) -> object:
    """Return a container with settled elements; too deep or long ones become references."""
    if depth > DEEP or len(value) > LONG:  # type: ignore[arg-type]
        return Reference("container", type(value).__name__)
    if isinstance(value, dict):
        pairs = value.items()
        return {k if type(k) in PLAIN else str(k): settled(v, depth + 1) for k, v in pairs}
    parts = [settled(part, depth + 1) for part in value]  # type: ignore[attr-defined]
    return tuple(parts) if isinstance(value, tuple) else parts


def reference(value: object) -> Reference:
    """Return what stands for an object that is not plain."""
    if isinstance(value, Decorated):
        value = value.function
    if isinstance(value, Function):
        return Reference("function", value.name, value.node.lineno)
    if isinstance(value, (Symbol, Class)):
        return Reference("name", value.name)
    if isinstance(value, TaskValue):
        return Reference("task", value.key)
    return airflows(value)


def airflows(value: object) -> Reference:
    """Return what stands for one of Airflow's own objects, or for any other."""
    if isinstance(value, XCom):
        return Reference("xcom", ",".join(task.key for task in value.tasks))
    if isinstance(value, (DagValue, GroupValue)):
        return Reference(type(value).__name__.removesuffix("Value").lower(), "")
    if isinstance(value, Opaque):
        return Reference(value.kind, value.name)
    return Reference("object", value.cls.name if isinstance(value, Instance) else type(value).__name__)
