"""Tasks join DAGs and groups: ids, prefixes, collisions (`DAG.add_task`, `TaskGroup.add`)."""

from __future__ import annotations

import re

from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.interpret.signal import RaisedError
from airflow_tune.dags.model import MISSING, OPERATOR_DEFAULTS, Name, Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue
from airflow_tune.dags.values.symbol import Symbol


def add(run: Run, dag: DagValue, task: TaskValue, call: Call) -> None:
    """Add a task to a DAG and to the group it belongs to."""
    run.touch(dag)
    if task.group is None:
        task.group = run.groups[-1] if run.groups and run.groups[-1].dag is dag else dag.root
        task.task_id = task.group.child_id(task.task_id)
    task.key = key_of(dag, task)
    if task.key in dag.used_ids:
        taken(run, dag, task, call)
        return
    if isinstance(task.task_id, Unknown):
        dag.doubt(Unknown(f"a task_id depends on {task.task_id.reason}", task.task_id.line or call.line))
    run.budget.spend(5)
    task.dag = dag
    dag.tasks[task.key] = task
    dag.used_ids.add(task.key)
    task.group.children[task.key] = task


def taken(run: Run, dag: DagValue, task: TaskValue, call: Call) -> None:
    """Refuse a second task of one id, as Airflow does; in doubt the first stands for both."""
    if not run.doubts and not dag.doubts:
        raise RaisedError("DuplicateTaskIdFound", f"task_id {task.key!r} is taken", call.line)
    dag.doubt(Unknown(f"the task_id {task.key!r} may be used twice", call.line))
    task.dag = dag


def key_of(dag: DagValue, task: TaskValue) -> str:
    """Return the task's id, or the id that its default leads to, or a mark of its own."""
    task_id = task.task_id
    if isinstance(task_id, str):
        return task_id
    if isinstance(task_id.default, str):
        label = task_id.default
        return label if task.group is None else str(task.group.child_id(label))
    return f"?{task.place.line}.{len(dag.tasks)}"


def unique(task_id: Name, dag: DagValue | None, group: GroupValue | None) -> Name:
    """Return a TaskFlow task's id with the next free `__1`, `__2` … where it is taken."""
    if dag is None or isinstance(task_id, Unknown):
        return task_id
    full = group.child_id(task_id) if group is not None else task_id
    if not isinstance(full, str) or full not in dag.tasks:
        return task_id
    prefix = re.split(r"__\d+$", full)[0] + "__"
    suffixes = [key[len(prefix) :] for key in dag.tasks if key.startswith(prefix)]
    highest = max((int(suffix) for suffix in suffixes if suffix.isdecimal()), default=0)
    return f"{re.split(r'__[0-9]+$', task_id)[0]}__{highest + 1}"


def context(run: Run, call: Call) -> tuple[DagValue | None, GroupValue | None]:
    """Return the DAG and group that a new task or group belongs to."""
    given = call.kwargs.get("dag")
    dag = given if isinstance(given, DagValue) else (run.context[-1] if run.context else None)
    if isinstance(given, Unknown):
        run.suspect(Unknown(f"a task's DAG is {given.reason}", given.line or call.line))
        return None, None
    group = call.kwargs.get("task_group")
    if isinstance(group, GroupValue):
        return dag or group.dag, group
    if dag is None:
        return None, None
    return dag, run.groups[-1] if run.groups and run.groups[-1].dag is dag else dag.root


def defaults(dag: DagValue | None, group: GroupValue | None, call: Call) -> dict[str, object]:
    """Return the merged default_args: the DAG's, the group's, the call's.

    Where the DAG's were not read, what every operator takes is unknown rather than Airflow's default.
    """
    own, whole = call.kwargs.get("default_args"), default_args_of(dag)
    merged: dict[str, object] = {}
    if isinstance(whole, (Symbol, Unknown)):
        merged = dict.fromkeys(OPERATOR_DEFAULTS, Unknown("the default_args were not read", call.line))
    for source in (whole, group.default_args if group else {}, own):
        if isinstance(source, dict):
            merged.update((key, value) for key, value in source.items() if isinstance(key, str))
    return merged


def default_args_of(dag: DagValue | None) -> object:
    """Return a DAG's default_args, its default where it is unknown."""
    found = dag.arguments.get("default_args") if dag is not None else None
    return found.default if isinstance(found, Unknown) and found.default is not MISSING else found
