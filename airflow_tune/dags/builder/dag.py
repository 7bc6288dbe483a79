"""DAGs: created by `DAG(...)` and `@dag`, and what can be asked of them."""

from __future__ import annotations

from airflow_tune.dags.builder import member
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.model import MISSING, Name, Unknown
from airflow_tune.dags.values.function import Call
from airflow_tune.dags.values.graph import DagValue, TaskValue
from airflow_tune.dags.values.taskflow import Decorator

POSITIONAL = ("dag_id", "description", "schedule")
"""The arguments that DAG takes by position; from the third on 2.x and 3.x differ."""


def create(run: Run, call: Call, fallback: Name | None = None) -> DagValue:
    """Do `DAG(...)`; `fallback` is the id when none is given, as with `@dag`."""
    arguments = dict(zip(POSITIONAL, call.args, strict=False))
    arguments.update(call.kwargs)
    found = arguments.pop("dag_id", MISSING)
    if not isinstance(found, (str, Unknown)) or found == "":
        missing = Unknown("a dag_id that is not text", call.line)
        found = fallback if fallback is not None else (call.spread or missing)
    if isinstance(found, Unknown):
        found = Unknown(f"the dag_id is {found.reason}", found.line or call.line, found.default)
    dag = DagValue(found, run.place(call), arguments)
    defaults = arguments.get("default_args")
    if isinstance(defaults, dict):
        arguments["default_args"] = dict(defaults)
    run.touch(dag)
    return dag


def enter(run: Run, dag: DagValue) -> None:
    """Open `with dag:`."""
    run.context.append(dag)


def leave(run: Run, dag: DagValue) -> None:
    """Close `with dag:`; Airflow then registers the DAG by itself."""
    run.context.pop()
    if dag.arguments.get("auto_register", True) is not False:
        run.dags[dag] = None


def attribute(dag: DagValue, name: str, call: Call) -> object:
    """Return an attribute of a DAG that is no method."""
    tasks = list(dag.tasks.values())
    known: dict[str, object] = {
        "dag_id": dag.dag_id,
        "tasks": tasks,
        "task_ids": list(dag.tasks),
        "task_dict": dict(dag.tasks),
        "roots": [task for task in tasks if not task.upstream],
        "leaves": [task for task in tasks if not task.downstream],
        "task_group": dag.root,
        "default_args": dag.arguments.get("default_args", {}),
        "task": Decorator("task", "", {"dag": dag}),
    }
    if name in known:
        return known[name]
    return dag.arguments.get(name, Unknown(f"the attribute {name} of a DAG", call.line))


def add_task(run: Run, dag: DagValue, call: Call) -> object:
    """Do `dag.add_task(task)`."""
    task = call.argument(0, "task")
    if isinstance(task, TaskValue) and task.dag is None:
        member.add(run, dag, task, call)
    return None


def get_task(_run: Run, dag: DagValue, call: Call) -> object:
    """Do `dag.get_task(task_id)`."""
    key = call.argument(0, "task_id")
    found = dag.tasks.get(key) if isinstance(key, str) else None
    return found or Unknown("a task that is not known by now", call.line)
