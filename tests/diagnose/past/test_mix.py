"""Kinds of work told by operators' names, and how much of the running time each took."""

from __future__ import annotations

import pytest

from airflow_tune.diagnose.past.mix import KindOfWork, kind_of, mix_of_work
from airflow_tune.profiles.model import CLASSES


@pytest.mark.parametrize(
    ("operator", "kind"),
    [
        ("ExternalTaskSensor", "waiting"),
        ("S3KeySensorAsync", "waiting"),
        ("SqlSensor", "waiting"),
        ("SQLExecuteQueryOperator", "database"),
        ("BigQueryInsertJobOperator", "database"),
        ("S3ToRedshiftOperator", "database"),
        ("GCSToGCSOperator", "io"),
        ("S3CopyObjectOperator", "io"),
        ("HttpOperator", "api"),
        ("PythonOperator", ""),
        ("_PythonDecoratedOperator", ""),
        ("BashOperator", ""),
    ],
)
def test_a_name_tells_the_kind_or_does_not(operator, kind):
    assert kind_of(operator) == kind
    assert not kind or kind in CLASSES


def test_time_is_counted_by_kind(make_history):
    def ti(task, end, **more):
        times = {"scheduled": 0.0, "queued": 0.0, "start": 0.0, "end": end}
        return {"dag": "d", "task": task, "run": 1, **times, **more}

    rows = [
        ti("a", 5.0, operator="HttpOperator"),
        ti("b", 20.0, operator="FileSensor"),
        ti("c", 30.0, operator="PythonOperator"),
        ti("e", 10.0, operator="BashOperator"),
        ti("f", 0.0, operator=None),
    ]
    assert mix_of_work(make_history(rows)) == (
        KindOfWork("", 2, 40.0, 30.0),
        KindOfWork("waiting", 1, 20.0, 20.0),
        KindOfWork("api", 1, 5.0, 5.0),
    )
