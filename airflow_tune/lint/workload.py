"""What a task mostly does, by its operator: waits, asks a database or a service, moves files, or computes."""

from __future__ import annotations

import re

from airflow_tune.dags.model import Task

WAIT = "wait"
DATABASE = "database"
SERVICE = "service"
FILES = "files"
CPU = "cpu"

OPERATORS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (WAIT, re.compile(r"Sensor(Async)?$|^@task\.sensor$")),
    (
        FILES,
        re.compile(
            r"^(S3|GCS|Local|SFTP|FTP|Azure|ADLS|WASB|File|HDFS)\w*To\w+Operator$|(S3|GCS)\w*Copy\w*|SFTPOp"
        ),
    ),
    (
        DATABASE,
        re.compile(
            r"(SQL|Sql|Postgres|Mysql|MySql|Mssql|MsSql|Oracle|Sqlite|Snowflake|Redshift|BigQuery|Trino|Presto|"
            r"Vertica|Jdbc|Hive|ClickHouse|Athena|Teradata)\w*Operator$|^@task\.sql$"
        ),
    ),
    (
        SERVICE,
        re.compile(r"^(Simple)?Http\w*Operator$|^(Slack|Email|Discord|Telegram|PagerDuty)\w*Operator$"),
    ),
    (CPU, re.compile(r"^(SparkSubmit|Papermill)\w*Operator$|^@task\.pyspark$")),
)


def workload_of(task: Task) -> str:
    """Return the kind of work of a task, "" where its operator does not tell."""
    return next((kind for kind, pattern in OPERATORS if pattern.search(task.operator)), "")
