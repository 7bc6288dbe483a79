"""What tasks were surely not given: an argument counts as missing only where every source of it was read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from airflow_tune.dags.model import Dag, Reference, Task, Unknown
from airflow_tune.dags.tree import nodes
from airflow_tune.lint.subject import Subject
from airflow_tune.lint.workload import DATABASE, FILES, SERVICE, workload_of

CLOUD = re.compile(
    r"^(Aws|Amazon|S3|GCS|Google|Gcp|Azure|Wasb|Adls|Emr|Eks|Ecs|Glue|Lambda|SageMaker|Batch|Redshift|Athena|"
    r"BigQuery|Dataproc|Dataflow|Dataform|CloudRun|CloudSql|CloudSQL|Pubsub|PubSub|Databricks|Snowflake|DbtCloud|"
    r"Airbyte|Fivetran|Livy|SSH|Ssh|SFTP|Sftp|FTP|Kubernetes|GKE|Http|SimpleHttp|Looker|Salesforce|Winrm)\w*"
    r"(?<!Sensor)(?<!Async)$"
)

TELLS = frozenset({"print", "debug", "info", "warning", "error", "format", "join", "str", "len"})


def sure(dag: Dag, task: Task) -> bool:
    """Return whether all that a task was given is known: default_args and no unread `**arguments`."""
    defaults = dag.arguments.get("default_args")
    unread = isinstance(defaults, (Unknown, Reference)) or any(
        one.line == task.place.line for one in dag.why_partial
    )
    return not unread and not any(isinstance(value, Unknown) for value in extra(defaults))


def extra(defaults: object) -> Iterable[object]:
    """Return the default arguments whose very names are unknown."""
    return (
        [value for name, value in defaults.items() if not isinstance(name, str)]
        if isinstance(defaults, dict)
        else []
    )


def missing(dag: Dag, task: Task, name: str) -> bool:
    """Return whether a task was surely not given an argument."""
    return name not in task.arguments and sure(dag, task)


def remote(task: Task) -> bool:
    """Return whether an operator talks to another system: a database, a service, a cloud."""
    if task.operator.startswith("Sqlite"):  # a file on the worker
        return False
    return workload_of(task) in (DATABASE, SERVICE, FILES) or bool(CLOUD.match(task.operator))


def talking(subject: Subject, tasks: Iterable[Task]) -> Iterator[Task]:
    """Yield the tasks that talk to another system, as far as their operators' names and own classes tell."""
    own = subject.classes
    for task in tasks:
        if remote(task) and not (task.operator in own and tells_only(own[task.operator])):
            yield task


def executes(operator: ast.ClassDef) -> list[ast.FunctionDef]:
    """Return the execute of a class, as often as it is written."""
    return [one for one in operator.body if isinstance(one, ast.FunctionDef) and one.name == "execute"]


def tells_only(operator: ast.ClassDef) -> bool:
    """Return whether a class's execute calls nothing but print and its log."""
    works = executes(operator)
    calls = [one.func for work in works for one in nodes(work) if isinstance(one, ast.Call)]
    return bool(works) and all(ast.unparse(one).rpartition(".")[2] in TELLS for one in calls)


def sensor(task: Task) -> bool:
    """Return whether a task is a sensor."""
    return task.operator.endswith(("Sensor", "SensorAsync")) or task.operator == "@task.sensor"


def idle(task: Task) -> bool:
    """Return whether a task is never run: the scheduler itself marks it as done."""
    return task.operator in ("EmptyOperator", "DummyOperator")


def lacking(dag: Dag, tasks: Iterable[Task], name: str) -> Iterator[Task]:
    """Yield the tasks among some that were surely not given an argument."""
    yield from (task for task in tasks if missing(dag, task, name))


def unreached(dag: Dag, name: str) -> str:
    """Return the advice for tasks without an argument that their DAG's default_args name; "" for others.

    An operator takes them from the DAG that it is given, or stands in the block of: BaseOperatorMeta of
    3.3.2, as that of 2.11.2.
    """
    if name not in dag.defaults:
        return ""
    return (
        f"default_args of the DAG name {name}, which operators outside its block do not get: give them "
        "the DAG (dag=dag), or make them within `with dag:`."
    )


def named(tasks: list[Task], dag: Dag, file: str) -> str:
    """Return up to three keys of tasks, how many more, and whose they are where another file made them."""
    keys = ", ".join(task.key for task in tasks[:3])
    whole = f"{keys} and {len(tasks) - 3} more" if len(tasks) > 3 else keys  # noqa: PLR2004
    elsewhere = tasks[0].place.file != file and isinstance(dag.dag_id, str)
    return f"{whole} of {dag.dag_id}" if elsewhere else whole
