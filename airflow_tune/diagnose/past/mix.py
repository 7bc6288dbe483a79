"""What kinds of work the running task instances did: told by their operators' names, where those tell.

PythonOperator, BashOperator and the TaskFlow decorators may do anything; what ran in them is of no kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from airflow_tune.diagnose.waits.holding import holding
from airflow_tune.history.column import MICROSECONDS
from airflow_tune.history.model import History

ANY_KIND = ""
"""The kind of operators whose name does not tell what they do."""

# The first that matches decides. Names as in the providers' operator indexes; the kinds are those of
# workload profiles.
_KINDS = (
    ("waiting", r"Sensor(Async)?$"),
    (
        "database",
        r"SQL|Sql|Query|Postgres|Oracle|Snowflake|Redshift|Athena|Trino|Presto|Hive|Vertica|Teradata|Dbt",
    ),
    ("io", r"To[A-Z]\w*Operator$|^(S3|GCS|Gcs|SFTP|Sftp|FTP|Ftp|Wasb|File|Local|Azure(Blob|DataLake))"),
    ("api", r"Http|HTTP|Slack|Email|Smtp|Discord|Telegram|OpsGenie|PagerDuty|Jira|Webhook|Livy"),
)


@dataclass(frozen=True, slots=True)
class KindOfWork:
    """What task instances of one kind took: how many tries, their time in slots, the longest of them."""

    kind: str
    tries: int
    running_s: float
    longest_s: float


def kind_of(operator: str) -> str:
    """Return the kind of work that an operator of this name does, ANY_KIND where the name does not tell."""
    return next((kind for kind, pattern in _KINDS if re.search(pattern, operator)), ANY_KIND)


def mix_of_work(history: History) -> tuple[KindOfWork, ...]:
    """Return the kinds of work that held slots, the one that held most first.

    The part of a task instance before its deferral is not counted: how long it held a slot is not kept.
    """
    return tuple(sorted(_kinds(history), key=lambda one: -one.running_s))


def _kinds(history: History) -> Iterator[KindOfWork]:
    held = holding(history)
    kinds = [kind_of(name) for name in history.operators]
    names = sorted({*kinds, ANY_KIND})
    # The last code stands for tries without an operator (code -1).
    codes = np.array([*(names.index(kind) for kind in kinds), names.index(ANY_KIND)])
    of_row, spent = codes[history.tries.operator[held.row]], held.end - held.started
    for code, name in enumerate(names):
        own = spent[of_row == code]
        if len(own):
            yield KindOfWork(name, len(own), float(own.sum()) / MICROSECONDS, float(own.max()) / MICROSECONDS)
