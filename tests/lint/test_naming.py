"""DAGs and tasks whose ids only a run knows are told by their lines."""

from __future__ import annotations

from airflow_tune.lint.rules.scheduling.missing_run_timeout import RULE as HANGS
from airflow_tune.lint.rules.waiting.sensor_timeout import RULE as TIMEOUT

SOURCE = """from airflow import DAG
from airflow.models import Variable
from airflow.sensors.filesystem import FileSensor

with DAG(Variable.get("name"), schedule="@daily"):
    FileSensor(task_id=Variable.get("task"), filepath="x")
"""


def test_unknown_ids_are_told_by_line(found_by):
    (hangs,) = found_by(HANGS, {"a_dag.py": SOURCE})
    assert hangs.message == "a run of <line 5> that hangs is never ended"
    (waits,) = found_by(TIMEOUT, {"a_dag.py": SOURCE})
    assert waits.message == "the sensor <line 6> waits up to seven days for what may never come"
