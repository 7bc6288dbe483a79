"""`with`: DAGs, groups, setup and teardown tasks, and objects of the project."""

from __future__ import annotations

from collections.abc import Callable

from airflow_tune.dags.builder import dag, group, relate
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import Signal
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Bound, Call, Function
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue, XCom
from airflow_tune.dags.values.klass import Instance
from airflow_tune.dags.values.stream import Manager


def through(run: Run, manager: Manager, inside: Callable[[object], Signal], call: Call) -> Signal:
    """Execute a generator's body with the block in the place of its `yield`."""
    signals: list[Signal] = []
    push, manager.stream.push = manager.stream.push, None
    if push is not None:
        push(lambda value: signals.append(inside(value)))
    if len(signals) != 1:
        run.hazard(Unknown("a context manager that does not yield once", call.line))
    return signals[0] if signals else None


def enter(run: Run, value: object, call: Call) -> object:
    """Open a `with` block; return what `as` binds."""
    if isinstance(value, DagValue):
        dag.enter(run, value)
    elif isinstance(value, GroupValue):
        group.enter(run, value)
    elif isinstance(value, (TaskValue, XCom, list)):
        tasks = setup_tasks(value)
        if tasks:
            run.setup.enter(tasks)
            return run.setup
    elif isinstance(value, Instance):
        found = value.cls.find("__enter__")
        return run.call(Bound(found, value), call) if isinstance(found, Function) else value
    elif isinstance(value, Unknown):
        return Unknown(value.reason, value.line or call.line, foreign=value.foreign)
    return value


def leave(run: Run, value: object, call: Call) -> None:
    """Close a `with` block."""
    if isinstance(value, DagValue):
        dag.leave(run, value)
    elif isinstance(value, GroupValue):
        group.leave(run, value, call)
    elif isinstance(value, (TaskValue, XCom, list)) and setup_tasks(value):
        run.setup.leave(lambda up, down: relate.edge(run, up, down, call))
    elif isinstance(value, Instance):
        found = value.cls.find("__exit__")
        if isinstance(found, Function):
            run.call(Bound(found, value), Call([None, None, None], {}, call.node, call.scope))


def setup_tasks(value: object) -> tuple[TaskValue, ...]:
    """Return the setup or teardown tasks that a block is opened with."""
    if isinstance(value, TaskValue):
        return (value,)
    if isinstance(value, XCom):
        return value.tasks
    parts = value if isinstance(value, list) else []
    return tuple(task for part in parts for task in setup_tasks(part) if task is not value)
