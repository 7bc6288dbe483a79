"""What a task reads and writes, by its operator and arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from airflow_tune.dags.model import Reference, Task
from airflow_tune.lint.dataflow.code import is_blank, of_function
from airflow_tune.lint.dataflow.effects import Effects
from airflow_tune.lint.dataflow.naming import address, stored
from airflow_tune.lint.dataflow.query import of_sql, of_template
from airflow_tune.lint.dataflow.shell import of_command
from airflow_tune.lint.statement import HOLE
from airflow_tune.lint.subject import Subject

MARKERS = frozenset({"EmptyOperator", "DummyOperator", "LatestOnlyOperator"})
SQL = re.compile(
    r"(SQL|Sql|Postgres|MySql|Mysql|MsSql|Mssql|Oracle|Sqlite|Snowflake|Redshift|Trino|Presto|Vertica|Jdbc|Hive|"
    r"ClickHouse|Athena|BigQueryExecuteQuery|Teradata|Exasol)\w*Operator$|^@task\.sql$"
)
NOTIFIERS = re.compile(r"(Email|Slack|Telegram|Discord|PagerDuty|Opsgenie|Teams|Smtp)\w*Operator$|Notif")
HTTP = re.compile(r"^(Simple)?Http\w*Operator$")
PYTHON = frozenset({"PythonOperator", "@task"})
KEYS = """self conf conn dag dag_run data_interval_end data_interval_start ds ds_nodash execution_date
    inlet_events inlets logical_date macros map_index_template next_ds next_ds_nodash next_execution_date
    outlet_events outlets params prev_data_interval_end_success prev_data_interval_start_success prev_ds
    prev_ds_nodash prev_end_date_success prev_execution_date prev_start_date_success run_id start_date task
    task_instance task_instance_key_str templates_dict test_mode ti tomorrow_ds triggering_asset_events
    triggering_dataset_events ts ts_nodash ts_nodash_with_tz var yesterday_ds"""
CONTEXT = frozenset(KEYS.split())
"""Keys of Airflow's context, which functions are given by their names (TaskInstance.get_template_context)."""
STATEMENTS = ("sql", "hql", "query", "bql")
LOCAL = ("filename", "src", "local_filepath", "local_path", "source_path")


def effects_of(subject: Subject, task: Task, *, hasty: bool = False) -> Effects:
    """Return the effects of a task; whatever is not understood is `unknown`, with its reason.

    A hasty look ends at the first thing that is not understood.
    """
    found = by_operator(subject, task, hasty=hasty)
    if hasty and found.unknown:
        return found
    for name, value in task.arguments.items():
        if name.endswith("conn_id") and isinstance(value, str):
            found.read("connection", value)
        for text in texts_in(value):
            found.add(of_template(text))
        for one in references(value):
            if one.kind == "xcom":
                for key in one.name.split(","):
                    found.read("result", key)
            elif one.kind == "asset" and one.name and name in ("inlets", "outlets"):
                (found.write if name == "outlets" else found.read)("asset", one.name)
    if task.mapped:
        found.doubt("" if named(found) else "what it is mapped over")
    return found


def named(found: Effects) -> bool:
    """Return whether all names are known in full."""
    return not any(HOLE in one.name for one in found.reads | found.writes)


def by_operator(subject: Subject, task: Task, *, hasty: bool) -> Effects:
    """Return the effects of a task without what its references say."""
    operator = task.operator
    if operator in MARKERS or NOTIFIERS.search(operator):
        return Effects(notifies=operator not in MARKERS)
    if operator in PYTHON:
        return python(subject, task, hasty=hasty)
    for fits, read in READERS:
        if fits.search(operator):
            return read(subject, task)
    return Effects(unknown=f"what {operator} does")


def bash(subject: Subject, task: Task) -> Effects:
    """Return the effects of a shell command, or of the script that it names."""
    command, cwd = task.arguments.get("bash_command"), task.arguments.get("cwd")
    if not isinstance(command, str):
        return Effects(unknown="a command that is not known")
    if command.rstrip().endswith(".sh") and " " not in command.strip():
        command = subject.read(command.strip()) or command
    found = of_command(command, cwd if isinstance(cwd, str) else "")
    found.add(of_template(command))
    return found


def python(subject: Subject, task: Task, *, hasty: bool) -> Effects:
    """Return the effects of a task's function, called with the plain texts that it is given."""
    called = task.arguments.get("python_callable")
    if not isinstance(called, Reference) or called.kind != "function" or not called.line:
        return Effects(unknown="a function that is not known")
    given = texts(subject, task, called)
    found = of_function(subject.flow, called.name, called.line, given, hasty=hasty)
    lacked = lacking(subject, task, called)
    if lacked:
        found.doubt(f"what {lacked} is meant to be")
    return found


def lacking(subject: Subject, task: Task, called: Reference) -> str:
    """Return a parameter that a PythonOperator's function needs and is surely not given, "" for none.

    Its author meant to hand it something, most likely the result of the task before.
    """
    args, kwargs = task.arguments.get("op_args", ()), task.arguments.get("op_kwargs", {})
    if task.operator != "PythonOperator" or task.mapped:
        return ""
    if not isinstance(args, (list, tuple)) or not isinstance(kwargs, Mapping):
        return ""
    for node in subject.index.defined(called.name, called.line)[:1]:
        plain = [*node.args.posonlyargs, *node.args.args]
        needed = plain[len(args) : len(plain) - len(node.args.defaults)]
        names = (one.arg for one in needed if one.arg not in kwargs and one.arg not in CONTEXT)
        return next(names, "")
    return ""


def texts(subject: Subject, task: Task, called: Reference) -> dict[str, str]:
    """Return the parameters of a task's function that are given plain texts or numbers."""
    given: dict[str, object] = {}
    nodes = subject.index.defined(called.name, called.line)
    args, kwargs = task.arguments.get("op_args"), task.arguments.get("op_kwargs")
    if nodes and isinstance(args, (list, tuple)):
        given.update(zip((one.arg for one in nodes[0].args.args), args, strict=False))
    if isinstance(kwargs, Mapping):
        given.update((str(name), value) for name, value in kwargs.items())
    return {name: str(value) for name, value in given.items() if isinstance(value, (str, int))}


def sql(subject: Subject, task: Task) -> Effects:
    """Return the effects of a task's SQL, from the file that it names if it names one."""
    found = Effects()
    texts = sql_texts(subject, task)
    if not texts:
        found.doubt("what SQL it runs")
    for text in texts:
        found.add(of_sql(text))
    target = task.arguments.get("destination_dataset_table")
    if isinstance(target, str):
        found.write("table", target.lower())
    return found


def sql_texts(subject: Subject, task: Task) -> list[str]:
    """Return the SQL that a task is given, that of files which it names in their place; "" for lost ones."""
    given = [text for name in STATEMENTS for text in plain(task.arguments.get(name))]
    return [
        searched(subject, task, text.strip()) if text.rstrip().endswith((".sql", ".hql")) else text
        for text in given
    ]


def searched(subject: Subject, task: Task, name: str) -> str:
    """Return the text of a template file: beside the DAG, or below its template_searchpath."""
    folders: list[str] = []
    for dag in subject.graph.dags:
        if task in dag.tasks:
            folders += plain(dag.arguments.get("template_searchpath"))
    texts = (subject.read(path) for path in (name, *(f"{folder}/{name}" for folder in folders)))
    return next((text for text in texts if text is not None), "")


def http(_subject: Subject, task: Task) -> Effects:
    """Return the effects of one request; its method is POST unless another is given."""
    found = Effects()
    where = f"{task.arguments.get('http_conn_id', 'http_default')}/{task.arguments.get('endpoint', HOLE)}"
    method = task.arguments.get("method", "POST")
    note = found.read if isinstance(method, str) and method.upper() in ("GET", "HEAD") else found.write
    note("service", where)
    return found


def transfer(subject: Subject, task: Task) -> Effects:
    """Return the effects of a transfer operator, for the argument names that providers share."""
    get = task.arguments.get
    found = Effects()
    for text in (text for name in ("sql", "query") for text in plain(get(name))):
        found.add(of_sql(searched(subject, task, text) if text.endswith(".sql") else text))
    loads = re.match(r"(S3|GCS|Local|SFTP|Azure|File|Wasb|ADLS)\w*To", task.operator) is not None
    keys = [
        key for name in ("s3_key", "s3_keys", "source_objects", "object_name") for key in plain(get(name))
    ]
    bucket = get("s3_bucket", get("bucket", get("bucket_name")))
    for key in keys:
        (found.read if loads else found.write)("object", stored(bucket, key))
    if get("dest_key") is not None or get("dst") is not None:
        found.write("object", stored(get("dest_bucket", bucket), get("dest_key", get("dst"))))
    if not loads and isinstance(get("filename"), str) and bucket is not None:
        found.write("object", stored(bucket, get("filename")))
    elif loads and task.operator.startswith("Local"):
        for path in (path for name in LOCAL for path in plain(get(name))):
            found.read(*address(path))
    for name in ("table", "destination_project_dataset_table", "table_name", "destination_table"):
        if isinstance(table := get(name), str):
            schema = get("schema")
            found.write("table", f"{schema}.{table}".lower() if isinstance(schema, str) else table.lower())
    if not found.reads or not found.writes:
        found.doubt(f"what {task.operator} does")
    return found


def plain(value: object) -> list[str]:
    """Return a text, or the texts of a list; nothing where any of it is not known."""
    many = value if isinstance(value, (list, tuple)) else [value]
    return [one for one in many if isinstance(one, str)] if all(isinstance(one, str) for one in many) else []


def references(value: object) -> Iterator[Reference]:
    """Yield the references inside an argument."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from references(part)
    elif isinstance(value, (list, tuple, set)):
        for part in value:
            yield from references(part)


def texts_in(value: object) -> Iterator[str]:
    """Yield the texts with templates inside an argument."""
    if isinstance(value, str):
        if "{{" in value:
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts_in(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts_in(part)


def blank(subject: Subject, task: Task) -> bool:
    """Return whether a task is there for its place in the graph only."""
    called = task.arguments.get("python_callable")
    if isinstance(called, Reference) and called.line:
        return is_blank(subject.flow, called.name, called.line)
    return task.operator in MARKERS


def returns(subject: Subject, task: Task) -> bool:
    """Return whether a task may have a result; of operators that is not known."""
    called = task.arguments.get("python_callable")
    if isinstance(called, Reference) and called.line:
        nodes = subject.index.defined(called.name, called.line)
        return not nodes or any(one.value is not None for one in subject.flow.body(nodes[0]).returns)
    return task.operator not in MARKERS


READERS: tuple[tuple[re.Pattern[str], Callable[[Subject, Task], Effects]], ...] = (
    (re.compile(r"^BashOperator$"), bash),
    (re.compile(r"[a-z0-9]To[A-Z]\w*Operator$"), transfer),
    (SQL, sql),
    (HTTP, http),
)
"""Operators by their names, and what reads the arguments of each; the first that fits counts."""
