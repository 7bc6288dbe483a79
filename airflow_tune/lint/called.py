"""What the functions of a file's tasks use, as far as names of calls tell: connections, and kinds of work."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from airflow_tune.dags.model import Reference, Task
from airflow_tune.lint.index import Index, Site
from airflow_tune.lint.workload import CPU, DATABASE, FILES, SERVICE

ELASTIC = re.compile(
    r"^(S3|GCS|Aws|Gcp|Google|Kubernetes|Spark|Databricks|Slack|Azure|Wasb|Smtp|BigQuery|Lambda)"
)
"""Hooks of what stands for a whole cloud, or bounds itself."""
WORK: tuple[tuple[str, re.Pattern[str]], ...] = (
    (CPU, re.compile(r"\.(fit|fit_transform|fit_predict|train|cross_val_score)$")),
    (SERVICE, re.compile(r"^(requests|httpx)\.|HttpHook$")),
    (FILES, re.compile(r"(S3|GCS|SFTP|FTP|Wasb)Hook$")),
    (
        DATABASE,
        re.compile(r"(Postgres|MySql|MsSql|Sqlite|Oracle|Snowflake|Redshift|Jdbc|Odbc|Trino|Presto)\w*Hook$"),
    ),
)


@dataclass(slots=True)
class Used:
    """What one function uses itself."""

    connections: set[str] = field(default_factory=set)
    works: set[str] = field(default_factory=set)


def used(index: Index) -> dict[str, Used]:
    """Return what each function of a file uses."""
    found: dict[str, Used] = {}
    for site in index.sites:
        if site.function and not site.at_parse:
            kind = next((kind for kind, pattern in WORK if pattern.search(site.name)), "")
            name = connection(site)
            if kind or name:
                one = found.setdefault(site.function, Used())
                one.works |= {kind} - {""}
                one.connections |= {name} - {""}
    return found


def connection(site: Site) -> str:
    """Return the id of the connection that a hook is made with, "" where it is not written out."""
    last = site.last
    if not last.endswith("Hook") or ELASTIC.match(last) or isinstance(site.node.func, ast.Call):
        return ""
    given = [one.value for one in site.node.keywords if (one.arg or "").endswith("conn_id")]
    value = next(iter([*given, *site.node.args[:1]]), None)
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def by_task(task: Task, functions: dict[str, Used]) -> Used:
    """Return what a task's function uses; nothing for tasks of other kinds."""
    called = task.arguments.get("python_callable")
    name = called.name if isinstance(called, Reference) and called.kind == "function" else ""
    return functions.get(name) or Used()
